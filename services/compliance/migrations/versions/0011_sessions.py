"""Sessions that have ended."""

from shared.migrations import run_script
from shared.plumbing import SESSION_ENDED

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_script(SESSION_ENDED.format(schema="compliance"))
