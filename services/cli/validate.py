"""Validates a file where it lies: the verdict that it would get, without a server, a network or a database."""

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.ingestion.domain import Asked
from services.ingestion.domain.verdict_told import SEVERITIES, Finding, VerdictTold, title_of
from services.ingestion.tables.judging import end_children
from services.ingestion.tables.sent import PIECE, spool
from services.ingestion.tables.validating import Validation, validate
from shared.clock import paris_day, system_clock
from shared.forms import FORMS, Form
from shared.network import Network
from shared.report import french

ACCEPTED, REJECTED, USAGE = 0, 1, 2
_MOST_PRINTED = 200
_SPACES = (french.HARD_SPACE, french.THIN_SPACE)
_TONES = {"error": "red", "warning": "yellow"}


class WrongUse(Exception):
    """What was asked for is not there, or not readable."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a file is to be judged as; on: None = today in Paris."""

    file: Path
    form: str
    period: str
    platform: str
    registry: Path
    on: str | None = None
    nil: bool = False
    as_json: bool = False


def run_validate(request: Request) -> int:
    """The exit code: 0 accepted, 1 rejected, 2 wrong use."""
    try:
        validation = asyncio.run(_validate(request))
    except WrongUse as error:
        print(error, file=sys.stderr)
        return USAGE
    if request.as_json:
        _write_json(validation)
    else:
        _print(validation, request.file.name)
    return ACCEPTED if validation.verdict.outcome.verdict == "accepted" else REJECTED


async def _validate(request: Request) -> Validation:
    form, day, network = _form(request.form), _day(request.on), _network(request.registry)
    try:
        with request.file.open("rb") as file, spool() as spooled:
            while piece := file.read(PIECE):
                spooled.write(piece)
            asked = Asked(form, request.period, request.platform, network, day, nil=request.nil)
            return await validate(spooled.taken(), asked)
    except OSError as error:
        raise WrongUse(f"{request.file} : fichier illisible ({error.strerror}).") from error
    finally:
        end_children()


def _form(code: str) -> Form:
    if code not in FORMS:
        raise WrongUse(f"{code} : aucun formulaire ne porte ce nom. Formulaires : {', '.join(FORMS)}.")
    return FORMS[code]


def _day(written: str | None) -> date:
    try:
        return date.fromisoformat(written) if written else paris_day(system_clock())
    except ValueError as error:
        raise WrongUse(f"{written} : ce n’est pas un jour, par exemple 2005-04-15.") from error


def _network(file: Path) -> Network:
    try:
        return Network.model_validate(json.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise WrongUse(f"{file} : annuaire illisible ({error.strerror}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(map(str, first["loc"]))
        raise WrongUse(f"{file} : ce n’est pas un annuaire ({where} : {first['msg']}).") from error
    except ValueError as error:
        raise WrongUse(f"{file} : ce n’est pas du JSON.") from error


def _write_json(validation: Validation) -> None:
    """Bytes as the server sends them, whatever the terminal's encoding."""
    for piece in validation.json_pieces():
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _print(validation: Validation, name: str) -> None:
    console = Console(highlight=False)
    verdict = validation.verdict
    tone, said = ("green", "accepté") if verdict.outcome.verdict == "accepted" else ("red", "refusé")
    console.print(Text.assemble((f" {said.upper()} ", f"bold white on {tone}"), " ", (_visible(name), "bold")))
    about = (FORMS[verdict.form].title, french.period(verdict.period), verdict.platform)
    console.print(Text(_visible(f"{', '.join(about)}, jugé au {french.day(verdict.on)}"), style="dim"))
    console.print(Text(_rows_told(verdict)))
    findings = validation.findings()
    if first := next(findings, None):
        _print_counts(console, verdict)
        _print_findings(console, chain([first], findings), verdict.outcome.error_count + sum(verdict.warnings.values()))
    if verdict.not_evaluated:
        console.print(Text(f"Contrôles non évalués ici : {', '.join(sorted(verdict.not_evaluated))}.", style="dim"))


def _rows_told(verdict: VerdictTold) -> str:
    outcome = verdict.outcome
    return ", ".join(
        (
            french.count(outcome.rows_accepted, "ligne acceptée", "lignes acceptées"),
            french.count(outcome.rows_refused, "refusée", "refusées"),
            french.count(outcome.rows_blank, "vide", "vides"),
        )
    )


def _print_counts(console: Console, verdict: VerdictTold) -> None:
    counts = sorted({**verdict.outcome.counts, **verdict.warnings}.items(), key=lambda one: -one[1])
    for code, many in counts:
        console.print(Text(f"  {french.number(many):>9}  {title_of(code)} ({code})"))


def _print_findings(console: Console, findings: Iterable[Finding], total: int) -> None:
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("Ligne", justify="right")
    for heading in ("Colonne", "Valeur reçue", "Constat"):
        table.add_column(heading, overflow="fold")
    for finding in islice(findings, _MOST_PRINTED):
        # Text, never markup: a received value must not dress itself up.
        table.add_row(*_cells(finding))
    console.print(table)
    if total > _MOST_PRINTED:
        left = french.count(total - _MOST_PRINTED, "autre constat", "autres constats")
        console.print(Text(f"… et {left}{french.HARD_SPACE}: --json les donne tous.", style="bold"))


def _cells(finding: Finding) -> Iterable[Text]:
    yield Text(str(finding.line or "–"), style="bold")
    yield Text(_visible(finding.column or "–"))
    yield Text(_visible(finding.value) if finding.value is not None else "–")
    severity = (f"{SEVERITIES[finding.severity]}{french.HARD_SPACE}: ", _TONES[finding.severity])
    expected = f"\nAttendu{french.HARD_SPACE}: {_visible(finding.expected)}" if finding.expected else ""
    yield Text.assemble(severity, finding.title, (expected, "dim"))


def _visible(text: str) -> str:
    """No sign that a terminal would obey; Python counts our no-break spaces among them."""
    return "".join(sign if sign.isprintable() or sign in _SPACES else "�" for sign in text)
