"""Sessions that have ended."""

from shared.migrations import run_script
from shared.plumbing import SESSION_ENDED

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_script(SESSION_ENDED.format(schema="ingestion"))
