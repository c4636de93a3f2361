"""Audit firms have accounts."""

from shared.migrations import run_script
from shared.plumbing import FIRM_OF_CREDENTIAL

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(FIRM_OF_CREDENTIAL.format(schema="qualitative"))
