"""Audit firms have accounts."""

from shared.migrations import run_script
from shared.plumbing import FIRM_OF_CREDENTIAL

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_script(FIRM_OF_CREDENTIAL.format(schema="notification"))
