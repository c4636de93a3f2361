"""Checks receipts where they lie, without a server or a network: signature, key, file, place in the chain."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.ingestion.domain.pdf_seal import is_pdf, open_sealed
from services.ingestion.domain.signing import (
    NotAKey,
    NotGenuine,
    Signer,
    Statement,
    key_id,
    public_pem,
    read_public_pem,
    read_statement,
)
from shared.report import french

GENUINE, NOT_GENUINE, USAGE = 0, 1, 2
_PIECE = 1 << 20
# Receipts of one moment may be chained in another order than that of their times.
_SAME_MOMENT = timedelta(days=1)
_SPACES = (french.HARD_SPACE, french.THIN_SPACE)
_KINDS = {"receipt": ("reçu", "reçus"), "destruction": ("procès-verbal", "procès-verbaux de destruction")}


class WrongUse(Exception):
    """What was asked for is not there, or not readable."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key given by whoever checks; without dates it is taken to be valid at any time."""

    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        begun = self.valid_from is None or moment >= self.valid_from - _SAME_MOMENT
        return begun and (self.valid_to is None or moment <= self.valid_to + _SAME_MOMENT)


Trusted = Mapping[str, TrustedKey]


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt as read, and what was found right about it so far."""

    statement: Statement
    keys: tuple[str, ...]
    found: list[str] = field(default_factory=list)


def public_half(file: Path) -> str:
    """The public key of a private one, in PEM."""
    try:
        return public_pem(Signer.of(_text(file)).public_key)
    except NotAKey:
        raise WrongUse(f"{file} : ce n’est pas une clé privée Ed25519 en PEM.") from None


def run_public(file: Path) -> int:
    return _answered(lambda: print(public_half(file), end=""))


def run_verify(file: Path, keys: Sequence[Path], against: Path | None, previous: Path | None) -> int:
    """The exit code: 0 all that was checked holds, 1 something does not, 2 wrong use."""

    def verify() -> None:
        trusted = _read_keys(keys)
        checked = _checked(_bytes(file))
        if checked.statement.kind != "receipt":
            raise NotGenuine("Ce document signé n’est pas un reçu.")
        _check_keys(checked, trusted)
        if against is not None:
            _check_file(checked, against)
        if previous is not None:
            _check_previous(checked, previous, trusted)
        _tell(checked, trusted=bool(trusted), against=against is not None, previous=previous is not None)

    return _answered(verify)


def run_verify_chain(file: Path, keys: Sequence[Path]) -> int:
    """The same codes, for a whole chain or a stretch of one."""
    return _answered(lambda: _verify_chain(file, _read_keys(keys)))


def _answered(act: Callable[[], None]) -> int:
    try:
        act()
    except WrongUse as error:
        print(_visible(str(error)), file=sys.stderr)
        return USAGE
    except NotGenuine as error:
        print(f"REFUSÉ{french.HARD_SPACE}: {_visible(str(error))}")
        return NOT_GENUINE
    return GENUINE


def _checked(raw: bytes) -> Checked:
    if not is_pdf(raw):
        statement = read_statement(raw)
        return Checked(statement, (statement.public_key,), ["Signature du reçu : pas un octet n’a changé."])
    sealed_by, attached = open_sealed(raw)
    statement = read_statement(attached)
    found = ["Sceau du PDF : pas un octet n’a changé.", "Signature du reçu joint au PDF : juste."]
    return Checked(statement, (statement.public_key, sealed_by), found)


def _check_keys(checked: Checked, trusted: Trusted) -> None:
    if not trusted:
        return
    for public_key in dict.fromkeys(checked.keys):
        if public_key not in trusted:
            raise NotGenuine(f"Signé par une autre clé ({key_id(public_key)}) que celles qui sont données.")
    if not trusted[checked.statement.public_key].covers(_time(checked.statement)):
        raise NotGenuine("Le reçu n’est pas du temps où sa clé était valable.")
    checked.found.append(f"Clé {key_id(checked.statement.public_key)} : c’est bien une clé donnée.")


def _time(statement: Statement) -> datetime:
    return datetime.fromisoformat(statement.content["time"])


def _check_file(checked: Checked, file: Path) -> None:
    size, sha256 = _hash(file)
    content = checked.statement.content
    if (size, sha256) != (content["size"], content["sha256"]):
        raise NotGenuine(f"{file.name} n’est pas le fichier de ce reçu : ses octets ont une autre empreinte.")
    checked.found.append(f"{file.name} : c’est, octet pour octet, le fichier reçu.")


def _check_previous(checked: Checked, file: Path, trusted: Trusted) -> None:
    previous = _checked(_bytes(file))
    _check_keys(previous, trusted)
    if not checked.statement.follows(previous.statement):
        raise NotGenuine(f"{file.name} n’est pas le reçu qui précède celui-ci dans la chaîne.")
    checked.found.append(f"{file.name} : c’est bien le reçu précédent.")


def _tell(checked: Checked, *, trusted: bool, against: bool, previous: bool) -> None:
    for line in _about(checked.statement.content):
        print(_visible(french.typeset(line)))
    for line in checked.found:
        print(_visible(french.typeset(f"Contrôlé – {line}")))
    own = key_id(checked.statement.public_key)
    left = [
        (trusted, f"à qui est la clé {own} : comparez-la à celle qui est publiée, ou donnez-la (--key)."),
        (against, "le fichier lui-même (--against)."),
        (previous, "la place dans la chaîne (--previous)."),
    ]
    for done, what in left:
        if not done:
            print(french.typeset(f"Non contrôlé – {what}"))


def _about(content: Mapping[str, Any]) -> Iterator[str]:
    accepted = content["verdict"] == "accepted"
    verdict = f"accepté, version {content['version']}" if accepted else f"refusé, erreurs : {content['error_count']}"
    yield f"Reçu du dépôt n° {content['number']} : {verdict}"
    yield f"{content['platform']}, {content['form']}, {content['period']}"
    yield f"Reçu le {french.moment(datetime.fromisoformat(content['time']))} (heure de Paris)"
    yield f"Certifié par : {content['certified_by'] or 'non précisé'}"
    yield f"SHA-256 : {content['sha256']}"


def _verify_chain(file: Path, trusted: Trusted) -> None:
    first: Statement | None = None
    last: Statement | None = None
    for number, line in enumerate(_lines(file), start=1):
        try:
            last = _next_link(line, last, trusted)
        except NotGenuine as error:
            raise NotGenuine(f"ligne {number} : {error}") from None
        first = first or last
    if first is None or last is None:
        raise NotGenuine("Ce fichier ne contient aucun maillon.")
    one, many = _KINDS.get(last.kind, ("maillon", "maillons"))
    total = french.count(last.position - first.position + 1, one, many)
    print(french.typeset(f"Contrôlé – {total}, de la place {first.position} à la place {last.position} : signatures "
                         "justes, chaîne sans trou ni ajout."))  # fmt: skip
    print(french.typeset(f"Dernier maillon : {last.sha256}"))
    if first.position > 1:
        print(f"Non contrôlé – ce qui précède la place {first.position}.")
    if not trusted:
        print(french.typeset("Non contrôlé – à qui sont les clés : donnez celles qui sont publiées (--key)."))


def _next_link(line: bytes, last: Statement | None, trusted: Trusted) -> Statement:
    statement = read_statement(line)
    _check_keys(Checked(statement, (statement.public_key,)), trusted)
    if last is not None and not statement.follows(last):
        raise NotGenuine("Ce maillon ne suit pas le précédent : il en manque un, ou l’ordre a été changé.")
    if statement.position == 1 and statement.content["previous"] is not None:
        raise NotGenuine("Le premier maillon en nomme un autre avant lui.")
    return statement


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as lines:
            for line in lines:
                yield line.removesuffix(b"\n")
    except OSError as error:
        raise WrongUse(f"{file} : fichier illisible ({error.strerror}).") from error


def _read_keys(files: Sequence[Path]) -> dict[str, TrustedKey]:
    """From PEM files, or from what /api/v1/receipts/keys answers."""
    trusted: dict[str, TrustedKey] = {}
    for file in files:
        text = _text(file)
        try:
            trusted |= _published(text) if text.lstrip().startswith("[") else {read_public_pem(text): TrustedKey()}
        except (NotAKey, ValueError, KeyError, TypeError):
            raise WrongUse(f"{file} : ce n’est pas une clé publique Ed25519 en PEM, ni la liste publiée.") from None
    return trusted


def _published(text: str) -> dict[str, TrustedKey]:
    def moment(written: str | None) -> datetime | None:
        return datetime.fromisoformat(written) if written else None

    return {
        read_public_pem(one["public_key"]): TrustedKey(moment(one["valid_from"]), moment(one["valid_to"]))
        for one in json.loads(text)
    }


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} : fichier illisible ({error.strerror}).") from error


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError:
        raise WrongUse(f"{file} : ce n’est pas du texte.") from None


def _hash(file: Path) -> tuple[int, str]:
    """Of a file however large."""
    digest, size = hashlib.sha256(), 0
    try:
        with file.open("rb") as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise WrongUse(f"{file} : fichier illisible ({error.strerror}).") from error
    return size, digest.hexdigest()


def _visible(text: str) -> str:
    """No sign that a terminal would obey; Python counts our no-break spaces among them."""
    return "".join(sign if sign.isprintable() or sign in _SPACES else "�" for sign in text)
