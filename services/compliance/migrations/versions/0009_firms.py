"""Audit firms have accounts."""

from shared.migrations import run_script
from shared.plumbing import FIRM_OF_CREDENTIAL

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_script(FIRM_OF_CREDENTIAL.format(schema="compliance"))
