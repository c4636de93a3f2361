"""Validating: the verdict that a file would get, without sending it and without keeping anything of it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from services.ingestion.domain import Asked
from services.ingestion.domain.verdict_told import NEED_HISTORY, Finding, VerdictTold, told, told_warning
from services.ingestion.domain.warnings import Evaluation, History, QualityWarning, Reported, evaluate
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.judging import ErrorPage, Verdict, judge_sent
from services.ingestion.tables.sent import Bytes
from shared.periods import Period

# What other files say; None offline, where the file, the registry and the day alone are looked at.
ReadHistory = Callable[[], Awaitable[History]] | None


@dataclass(frozen=True, slots=True)
class Validation:
    """A verdict with what was found, packed until it is told: errors of a file refused, warnings of one accepted.

    filed: the rows of a file accepted, by member.
    """

    verdict: VerdictTold
    pages: tuple[ErrorPage, ...]
    warnings: tuple[QualityWarning, ...]
    filed: tuple[FiledPage, ...] = ()

    def findings(self) -> Iterator[Finding]:
        errors = (told(error) for page in self.pages for error in page.errors())
        return chain(errors, map(told_warning, self.warnings))

    def json_pieces(self) -> Iterator[bytes]:
        yield self.verdict.opening()
        for page in self.pages:
            yield self.verdict.lines(map(told, page.errors()), after_others=page.first > 1)
        yield self.verdict.lines(map(told_warning, self.warnings), after_others=bool(self.pages))
        yield self.verdict.closing()


async def validate(content: Bytes, asked: Asked, read_history: ReadHistory = None) -> Validation:
    """Without history the same file, registry and day give the same bytes everywhere."""
    judged = await judge_sent(content, asked)
    quality = await _quality(judged, asked, read_history)
    verdict = VerdictTold(
        form=asked.form.code,
        period=asked.period,
        platform=asked.platform,
        on=asked.today,
        sha256=content.sha256,
        size=content.size,
        outcome=judged.outcome,
        warnings=Counter(warning.code for warning in quality.warnings),
        not_evaluated=quality.not_evaluated,
    )
    return Validation(verdict, tuple(judged.pages), quality.warnings, tuple(judged.filed))


async def _quality(judged: Verdict, asked: Asked, read_history: ReadHistory) -> Evaluation:
    """Of a file that is refused, nothing, and nobody's history is read for it."""
    outcome = judged.outcome
    if outcome.verdict != "accepted":
        return Evaluation(not_evaluated=() if read_history else NEED_HISTORY)
    history = await read_history() if read_history else None
    period = Period.parse(asked.period)
    reported = Reported(
        asked.form, period, asked.platform, asked.today, asked.network, judged.lines, outcome.cases, history
    )
    return evaluate(reported)
