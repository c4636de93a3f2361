"""The journal of access."""

from shared.migrations import run_script
from shared.plumbing import JOURNAL

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_script(JOURNAL.format(schema="ingestion"))
