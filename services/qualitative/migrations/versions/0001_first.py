"""The room's first tables: those every room has."""

from shared.migrations import run_script
from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(plumbing_sql("qualitative"))
