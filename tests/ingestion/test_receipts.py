"""Receipts: each submission kept has one, signed, chained without gap whoever sends at once; its doors and walls."""

import asyncio
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from services.cli.receipts import run_verify, run_verify_chain
from services.ingestion.domain.pdf_seal import open_sealed
from services.ingestion.domain.signing import Signer, new_private_pem, read_statement
from services.ingestion.settings import NoReceiptKey, receipt_signer
from services.ingestion.tables.chains import Links, add_to_chain
from services.ingestion.tables.receipts import give_receipt
from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, accepted, assistance, rejected, send, wrong
from tests.shared.house import House

pytestmark = pytest.mark.infra

CHAIN, KEYS = "/api/v1/receipts", "/api/v1/receipts/keys"


async def receipt_of(house: House, submission: str, platform: str = "PF01", end: str = "") -> httpx.Response:
    return await house.http.get(f"{ADDRESS}/{submission}/receipt{end}", headers=house.of(platform))


async def whole_chain(house: House, **params: Any) -> list[bytes]:
    answer = await house.http.get(CHAIN, params={"many": 10_000, **params}, headers=house.admin)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return answer.content.splitlines()


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
async def test_a_receipt_says_what_was_received_and_how_it_was_judged(house: House, verdict: str) -> None:
    content = assistance() if verdict == "accepted" else wrong(2)
    sent = (await send(house, content)).json()
    answer = await receipt_of(house, sent["id"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    told = read_statement(answer.content).content
    same = ("number", "platform", "form", "period", "version", "sha256", "size", "verdict", "rows_accepted",
            "rows_refused", "rows_blank", "error_count", "certified_by")  # fmt: skip
    assert {name: told[name] for name in same} == {name: sent[name] for name in same}
    assert told["sha256"] == sha256(content).hexdigest()
    assert (told["submission"], told["time"]) == (sent["id"], "2005-04-05T10:00:00.000000Z")
    assert (told["kind"], told["position"], told["previous"]) == ("receipt", 1, None)


async def test_the_person_who_certified_is_named(house: House) -> None:
    params = {"form": FORM, "period": PERIOD, "certified_by": "Zoé d’Été, directrice"}
    sent = (await house.http.post(ADDRESS, params=params, content=assistance(), headers=house.of("PF01"))).json()
    assert (
        read_statement((await receipt_of(house, sent["id"])).content).content["certified_by"] == params["certified_by"]
    )


async def test_the_same_bytes_have_the_same_receipt(house: House) -> None:
    sent = await accepted(house, assistance())
    first = (await receipt_of(house, sent["id"])).content
    again = await send(house, assistance())
    assert (again.status_code, again.json()["id"]) == (200, sent["id"])
    assert (await receipt_of(house, sent["id"])).content == first
    assert len(await whole_chain(house)) == 1


async def test_the_pdf_holds_the_signed_receipt_and_is_always_the_same(house: House) -> None:
    sent = await accepted(house, assistance())
    first, again = [(await receipt_of(house, sent["id"], end=".pdf")).content for _ in range(2)]
    assert first == again
    assert open_sealed(first)[1] == (await receipt_of(house, sent["id"])).content
    assert b"pdfuaid" in first


async def test_what_is_downloaded_is_verified_offline(house: House, tmp_path: Path) -> None:
    one, two = await accepted(house, assistance(1)), await accepted(house, assistance(2))
    files = {"one.json": one["id"], "two.json": two["id"]}
    for name, submission in files.items():
        (tmp_path / name).write_bytes((await receipt_of(house, submission)).content)
    (tmp_path / "two.pdf").write_bytes((await receipt_of(house, two["id"], end=".pdf")).content)
    (tmp_path / "keys.json").write_bytes((await house.http.get(KEYS)).content)
    (tmp_path / "two.csv").write_bytes(assistance(2))
    (tmp_path / "chain").write_bytes((await house.http.get(CHAIN, headers=house.admin)).content)
    keys = [tmp_path / "keys.json"]
    for name in ("two.json", "two.pdf"):
        assert run_verify(tmp_path / name, keys, tmp_path / "two.csv", tmp_path / "one.json") == 0
    assert run_verify(tmp_path / "one.json", keys, tmp_path / "two.csv", None) == 1
    assert run_verify_chain(tmp_path / "chain", keys) == 0


def of_members(n: int) -> tuple[bytes, str]:
    """A file, right or wrong, of one platform or another."""
    platform, members = [("PF01", ("CIL01", "CIL02", "CCI03")), ("PF03", ("CIL05", "CIL06"))][n % 2]
    return (wrong(1), platform) if n % 5 == 0 else (assistance(n, *members), platform)


async def test_twenty_at_once_make_a_chain_without_gap(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though each dwells between signing and keeping, where another could sign for the same place."""

    async def add_slowly(*all_of_it: Any) -> Links:
        links = await add_to_chain(*all_of_it)
        await asyncio.sleep(0.02)
        return links

    monkeypatch.setattr("services.ingestion.tables.receipts.add_to_chain", add_slowly)

    async def send_until_taken(n: int) -> str:
        content, platform = of_members(n)
        while (answer := await send(house, content, platform=platform)).status_code in (429, 503):
            await asyncio.sleep(0.05)
        assert answer.status_code in (201, 422), answer.text
        return str(answer.json()["id"])

    sent = await asyncio.gather(*(send_until_taken(n) for n in range(20)))
    chain = [read_statement(link) for link in await whole_chain(house)]
    assert [link.position for link in chain] == list(range(1, 21))
    assert sorted(link.content["submission"] for link in chain) == sorted(sent)
    assert all(after.follows(before) for before, after in pairwise(chain))
    (tmp_path / "chain").write_bytes(b"".join(link + b"\n" for link in await whole_chain(house)))
    assert run_verify_chain(tmp_path / "chain", []) == 0


async def test_what_is_not_kept_leaves_no_gap(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that fails after its receipt was signed takes the receipt with it."""
    await accepted(house, assistance(1))

    async def give_and_fail(*all_of_it: Any) -> None:
        await give_receipt(*all_of_it)
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("services.ingestion.tables.receiving.give_receipt", give_and_fail)
        with pytest.raises(MemoryError):
            await send(house, assistance(2))
    await accepted(house, assistance(3))
    assert [read_statement(link).position for link in await whole_chain(house)] == [1, 2]
    [count] = await house.rows("ingestion", "SELECT count(*) FROM submission")
    assert count[0] == 2


async def test_the_chain_is_exported_in_stretches(house: House) -> None:
    for n in range(5):
        await accepted(house, assistance(n))
    whole = await whole_chain(house)
    assert await whole_chain(house, **{"from": 3}) == whole[2:]
    found, address = [], f"{CHAIN}?many=2"
    while address:
        answer = await house.http.get(address, headers=house.admin)
        found += answer.content.splitlines()
        address = answer.headers.get("link", "").partition(">")[0].lstrip("<")
    assert found == whole


async def test_keys_are_told_to_anybody(house: House) -> None:
    assert (await house.http.get(KEYS)).json() == []
    await accepted(house, assistance())
    [key] = (await house.http.get(KEYS)).json()
    assert key["key"] == receipt_signer().key
    assert key["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert (key["valid_from"], key["valid_to"]) == ("2005-04-05T10:00:00Z", None)


async def test_after_a_new_key_the_chain_goes_on(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    await accepted(house, assistance(1))
    new = Signer.of(new_private_pem())
    monkeypatch.setattr("services.ingestion.web.doors.receipt_signer", lambda: new)
    await accepted(house, assistance(2))
    monkeypatch.undo()  # a process that is late with the change
    await house.begin(date(2005, 4, 9))
    await house.carry()
    await accepted(house, assistance(3))
    keys = {key["key"]: key for key in (await house.http.get(KEYS)).json()}
    assert [key["valid_to"] is None for key in keys.values()].count(True) == 1
    assert keys[new.key]["valid_to"] is None
    assert keys[receipt_signer().key]["valid_to"] == "2005-04-09T10:00:00Z"
    (tmp_path / "keys.json").write_bytes((await house.http.get(KEYS)).content)
    (tmp_path / "chain").write_bytes(b"".join(link + b"\n" for link in await whole_chain(house)))
    assert run_verify_chain(tmp_path / "chain", [tmp_path / "keys.json"]) == 0


async def test_what_is_anothers_does_not_exist(house: House) -> None:
    sent = await accepted(house, assistance())
    for end in ("", ".pdf"):
        assert (await receipt_of(house, sent["id"], "PF03", end)).status_code == 404
        assert (await receipt_of(house, str(uuid4()), "PF03", end)).status_code == 404
        assert (await house.http.get(f"{ADDRESS}/{sent['id']}/receipt{end}")).status_code == 401
        admin = await house.http.get(f"{ADDRESS}/{sent['id']}/receipt{end}", headers=house.admin)
        assert admin.status_code == 200
    async with house.rooms["ingestion"].database.transaction("PF03") as work:
        assert (await work.execute("SELECT count(*) FROM receipt")).scalar_one() == 0


@pytest.mark.parametrize("address", [CHAIN, "/api/v1/destructions"])
async def test_chains_are_for_the_admin(house: House, address: str) -> None:
    assert (await house.http.get(address)).status_code == 401
    assert (await house.http.get(address, headers=house.of("PF01"))).status_code == 403
    assert (await house.http.get(address, headers=house.admin)).status_code == 200
    assert (await house.http.get(address, params={"from": 0}, headers=house.admin)).status_code == 422


@pytest.mark.parametrize("statement", ["UPDATE {} SET signed = ''", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["receipt", "destruction"])
async def test_what_was_signed_cannot_be_changed_by_the_room_itself(house: House, table: str, statement: str) -> None:
    await accepted(house, assistance())
    with pytest.raises(DBAPIError, match="permission denied"):
        async with house.rooms["ingestion"].database.transaction() as work:
            await work.execute(statement.format(table))


async def test_without_a_key_nothing_is_received(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, said in ((None, "manque"), ("x", "ni une clé"), ("-----BEGIN PRIVATE KEY-----", "pas une clé")):
        receipt_signer.cache_clear()
        with monkeypatch.context() as patched:
            patched.delenv("PILOTAGE_RECEIPT_KEY")
            if given:
                patched.setenv("PILOTAGE_RECEIPT_KEY", given)
            with pytest.raises(NoReceiptKey, match=said):
                await send(house, assistance())
    assert await house.rows("ingestion", "SELECT 1 FROM submission") == []
    await accepted(house, assistance())


async def from_page(house: House, **fields: str) -> httpx.Response:
    data = {"form": FORM, "period": PERIOD, **fields}
    headers = {"Accept": "text/html", **house.of("PF01")}
    return await house.http.post("/depots", data=data, files={"file": ("a.csv", assistance())}, headers=headers)


async def test_on_the_page_somebody_must_certify(house: House) -> None:
    for fields in ({}, {"certified_by": " \t"}):
        assert (await from_page(house, **fields)).status_code == 422
    assert await house.rows("ingestion", "SELECT 1 FROM submission") == []
    answer = await from_page(house, certified_by="Zoé d’Été, directrice")
    assert answer.status_code == 303
    headers = {"Accept": "text/html", **house.of("PF01")}
    page = await house.http.get(answer.headers["location"], headers=headers)
    submission = answer.headers["location"].rpartition("/")[2]
    assert "Zoé d’Été, directrice" in page.text
    for end in ("", ".pdf"):
        assert f'href="{ADDRESS}/{submission}/receipt{end}"' in page.text
    form = await house.http.get("/depots", headers=headers)
    assert 'name="certified_by"' in form.text


async def test_a_refusal_over_a_platforms_own_form_is_chained_too(house: House) -> None:
    await rejected(house, b"", platform="PF02", form=MOBILITE)
    [link] = [read_statement(one) for one in await whole_chain(house)]
    assert (link.content["platform"], link.content["verdict"], link.content["version"]) == ("PF02", "rejected", None)
