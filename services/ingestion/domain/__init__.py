"""What is true of a file that a platform sends: how it reads, what refuses it, the lines it holds."""

from services.ingestion.domain.codes import CODES, Code, Stage
from services.ingestion.domain.judging import judge
from services.ingestion.domain.sheet import MAX_BYTES
from services.ingestion.domain.verdicts import Error, Judgement, Line, refusal

__all__ = ["CODES", "MAX_BYTES", "Code", "Error", "Judgement", "Line", "Stage", "judge", "refusal"]
