"""`pilotage receipt` and `pilotage key`: what is whole is recognised offline; one byte changed anywhere is refused."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.ingestion.domain.pdf_seal import open_sealed, seal
from services.ingestion.domain.signing import NotGenuine, Signer, new_private_pem, public_pem, read_statement
from services.ingestion.web.receipt_pdf import render_receipt

FILE = b"organisme;diagnostics_prealables\nCIL01;4\n"
SIGNER, OTHER = Signer.of(new_private_pem()), Signer.of(new_private_pem())


def chain(many: int, signer: Signer = SIGNER, **changes: Any) -> list[bytes]:
    links: list[bytes] = []
    for n in range(1, many + 1):
        content = {
            "kind": "receipt", "format": 1, "position": n, "submission": f"00000000-0000-4000-8000-{n:012}",
            "number": n, "platform": "PF01", "form": "assistance-trimestriel", "period": "2005-T1", "version": n,
            "sha256": sha256(FILE).hexdigest(), "size": len(FILE), "time": "2005-04-05T10:00:00.000000Z",
            "verdict": "accepted", "rows_accepted": 1, "rows_refused": 0, "rows_blank": 0, "error_count": 0,
            "certified_by": "Zoé d’Été, directrice", "previous": sha256(links[-1]).hexdigest() if links else None,
        }  # fmt: skip
        links.append(signer.signed({**content, **changes}))
    return links


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def verify(*arguments: object) -> Result:
    return run("receipt", "verify", *arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two receipts of a chain as JSON, the second as PDF too, the file received, both keys."""
    links = chain(2)
    for n, link in enumerate(links, start=1):
        (tmp_path / f"recu-{n}.json").write_bytes(link)
    (tmp_path / "recu-2.pdf").write_bytes(render_receipt(links[1], SIGNER))
    (tmp_path / "depot.csv").write_bytes(FILE)
    (tmp_path / "cle.pem").write_text(public_pem(SIGNER.public_key))
    (tmp_path / "autre.pem").write_text(public_pem(OTHER.public_key))
    return tmp_path


@pytest.mark.parametrize("name", ["recu-2.json", "recu-2.pdf"])
def test_all_that_can_be_checked_is_said(folder: Path, name: str) -> None:
    more = ("--key", folder / "cle.pem", "--against", folder / "depot.csv", "--previous", folder / "recu-1.json")
    done = verify(folder / name, *more)
    assert done.exit_code == 0, done.output
    for said in ("Certifié par", "Zoé d’Été, directrice", "depot.csv", "recu-1.json", "c’est bien une clé donnée"):
        assert said in done.output
    assert "Non contrôlé" not in done.output


def test_what_was_not_checked_is_said(folder: Path) -> None:
    done = verify(folder / "recu-2.json")
    assert done.exit_code == 0
    assert done.output.count("Non contrôlé") == 3
    assert SIGNER.key in done.output


@pytest.mark.parametrize(
    "more",
    [("--key", "autre.pem"), ("--against", "cle.pem"), ("--previous", "recu-2.json"), ("--previous", "depot.csv")],
)
@pytest.mark.parametrize("name", ["recu-2.json", "recu-2.pdf"])
def test_what_does_not_belong_to_it_is_refused(folder: Path, name: str, more: Sequence[str]) -> None:
    done = verify(folder / name, more[0], folder / more[1])
    assert (done.exit_code, "REFUSÉ" in done.output) == (1, True)


@pytest.mark.parametrize("arguments", [("missing.json",), ("recu-1.json", "--key", "depot.csv"), (
    "recu-1.json", "--key", "missing.pem"), ("recu-1.json", "--against", "missing.csv")])  # fmt: skip
def test_wrong_use_is_neither_right_nor_wrong(folder: Path, arguments: Sequence[str]) -> None:
    done = verify(*(one if one.startswith("--") else folder / one for one in arguments))
    assert done.exit_code == 2


def test_any_byte_changed_in_a_receipt_is_refused(folder: Path) -> None:
    whole = (folder / "recu-1.json").read_bytes()
    read_statement(whole)
    for place in range(len(whole)):
        for bit in (1, 0x20):
            spoilt = bytearray(whole)
            spoilt[place] ^= bit
            with pytest.raises(NotGenuine):
                read_statement(bytes(spoilt))
    for spoilt_end in (whole[:-1], whole + b"\n", whole + b" ", b"", b"{}", b"[" * 100_000):
        with pytest.raises(NotGenuine):
            read_statement(spoilt_end)


def test_any_byte_changed_in_a_pdf_is_refused(folder: Path) -> None:
    whole = (folder / "recu-2.pdf").read_bytes()
    assert open_sealed(whole)[1] == (folder / "recu-2.json").read_bytes()
    ends = range(len(whole) - 700, len(whole))
    for place in (*range(0, len(whole), 53), *ends):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        with pytest.raises(NotGenuine):
            open_sealed(bytes(spoilt))
    for spoilt_end in (whole[:-1], whole + b"%", whole + whole, render_unsealed(whole)):
        with pytest.raises(NotGenuine):
            open_sealed(spoilt_end)


def render_unsealed(pdf: bytes) -> bytes:
    start = pdf.index(b"%pilotage-seal")
    return pdf[:start] + pdf[pdf.index(b"startxref", start) :]


def test_a_pdf_sealed_by_somebody_else_is_refused_under_the_right_key(folder: Path) -> None:
    """A true receipt in a false document: the seal is whole, but it is not ours."""
    (folder / "faux.pdf").write_bytes(seal(render_unsealed((folder / "recu-2.pdf").read_bytes()), OTHER))
    assert verify(folder / "faux.pdf").exit_code == 0  # without a key nobody can tell
    done = verify(folder / "faux.pdf", "--key", folder / "cle.pem")
    assert (done.exit_code, OTHER.key in done.output) == (1, True)


def test_equal_receipts_are_equal_pdfs() -> None:
    [link] = chain(1, certified_by='山田 😀 "\\#eval \u202e')
    assert render_receipt(link, SIGNER) == render_receipt(link, SIGNER)
    assert open_sealed(render_receipt(link, SIGNER))[1] == link


def test_a_terminal_obeys_nothing_that_a_receipt_holds(tmp_path: Path) -> None:
    [link] = chain(1, certified_by="\x1b[2J\u202eZoé")
    (tmp_path / "recu.json").write_bytes(link)
    assert "\x1b" not in verify(tmp_path / "recu.json").output


def told(folder: Path, links: Sequence[bytes], *more: object) -> Result:
    (folder / "chaine").write_bytes(b"".join(link + b"\n" for link in links))
    return run("receipt", "verify-chain", folder / "chaine", *more)


def test_a_whole_chain_is_right(folder: Path) -> None:
    links = chain(30)
    done = told(folder, links, "--key", folder / "cle.pem")
    assert (done.exit_code, "reçus, de la place 1 à la place 30" in done.output) == (0, True), done.output
    assert sha256(links[-1]).hexdigest() in done.output
    stretch = told(folder, links[10:])
    assert (stretch.exit_code, stretch.output.count("Non contrôlé")) == (0, 2)


def spoilt_chains() -> dict[str, list[bytes]]:
    links, forged = chain(6), chain(6, OTHER)
    return {
        "one missing": [*links[:3], *links[4:]],
        "two exchanged": [*links[:2], links[3], links[2], *links[4:]],
        "one twice": [*links[:3], links[2], *links[3:]],
        "one of another chain": [*links[:3], chain(6, number=9)[3], *links[4:]],
        "one byte": [*links[:3], links[3].replace(b"PF01", b"PF02"), *links[4:]],
        "one forged": [*links[:5], forged[5]],
        "all forged": forged,
        "a false beginning": chain(3, previous="0" * 64),
        "nothing": [],
    }


@pytest.mark.parametrize("fault", spoilt_chains())
def test_a_spoilt_chain_is_refused(folder: Path, fault: str) -> None:
    done = told(folder, spoilt_chains()[fault], "--key", folder / "cle.pem")
    assert (done.exit_code, "REFUSÉ" in done.output) == (1, True), done.output


def test_any_byte_changed_in_a_chain_is_refused(folder: Path) -> None:
    whole = b"".join(link + b"\n" for link in chain(3))
    for place in range(0, len(whole) - 1, 7):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        (folder / "chaine").write_bytes(spoilt)
        assert run("receipt", "verify-chain", folder / "chaine").exit_code == 1, place


def test_a_key_counts_for_its_time_only(folder: Path) -> None:
    def published(until: str | None) -> Path:
        keys = [{"key": SIGNER.key, "public_key": public_pem(SIGNER.public_key), "valid_from": "2005-01-01T00:00:00Z",
                 "valid_to": until}]  # fmt: skip
        (folder / "cles.json").write_text(json.dumps(keys))
        return folder / "cles.json"

    assert verify(folder / "recu-1.json", "--key", published(None)).exit_code == 0
    assert verify(folder / "recu-1.json", "--key", published("2005-06-01T00:00:00Z")).exit_code == 0
    assert verify(folder / "recu-1.json", "--key", published("2005-02-01T00:00:00Z")).exit_code == 1


def test_a_new_key_signs_and_its_public_half_verifies(tmp_path: Path) -> None:
    made = run("key", "new")
    assert made.output != run("key", "new").output
    (tmp_path / "privee.pem").write_text(made.output)
    public = run("key", "public", tmp_path / "privee.pem")
    assert (public.exit_code, public.output) == (0, public_pem(Signer.of(made.output).public_key))
    (tmp_path / "publique.pem").write_text(public.output)
    (tmp_path / "recu.json").write_bytes(chain(1, Signer.of(made.output))[0])
    assert verify(tmp_path / "recu.json", "--key", tmp_path / "publique.pem").exit_code == 0
    assert verify(tmp_path / "recu.json", "--key", tmp_path / "privee.pem").exit_code == 2
