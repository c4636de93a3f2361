"""Quality warnings: what is worth a question in a file that counts; none of them ever refuses one."""

from services.ingestion.domain.warnings.catalogue import RULES, Rule
from services.ingestion.domain.warnings.evaluating import Evaluation, Needed, evaluate, needed_history
from services.ingestion.domain.warnings.raised import QualityWarning
from services.ingestion.domain.warnings.reported import Figures, History, Reported

__all__ = [
    "RULES",
    "Evaluation",
    "Figures",
    "History",
    "Needed",
    "QualityWarning",
    "Reported",
    "Rule",
    "evaluate",
    "needed_history",
]
