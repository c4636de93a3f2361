"""Sessions that have ended."""

from shared.migrations import run_script
from shared.plumbing import SESSION_ENDED

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_script(SESSION_ENDED.format(schema="aggregation"))
