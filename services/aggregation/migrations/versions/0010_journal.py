"""The journal of access."""

from shared.migrations import run_script
from shared.plumbing import JOURNAL

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_script(JOURNAL.format(schema="aggregation"))
