"""What is true of a file that a platform sends: how it reads, what refuses it, the lines it holds."""

from services.ingestion.domain.codes import CODES, Code, Stage
from services.ingestion.domain.judging import Asked, Found, judge, judge_in_parts
from services.ingestion.domain.reasons import UNREADABLE
from services.ingestion.domain.sheet import MAX_BYTES
from services.ingestion.domain.told_columns import Case
from services.ingestion.domain.verdicts import Error, Judgement, Line, Outcome, refusal

__all__ = [
    "CODES",
    "MAX_BYTES",
    "UNREADABLE",
    "Asked",
    "Case",
    "Code",
    "Error",
    "Found",
    "Judgement",
    "Line",
    "Outcome",
    "Stage",
    "judge",
    "judge_in_parts",
    "refusal",
]
