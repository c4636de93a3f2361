"""Audit firms have accounts; UESL speaks about warnings by itself."""

from shared.migrations import run_script
from shared.plumbing import FIRM_OF_CREDENTIAL

revision = "0011"
down_revision = "0010"

_WHO_SPEAKS = """
ALTER TABLE ingestion.warning_word DROP CONSTRAINT warning_word_role_check;
ALTER TABLE ingestion.warning_word ADD CONSTRAINT warning_word_role_check CHECK (role IN ('platform', 'uesl', 'admin'));
"""


def upgrade() -> None:
    run_script(FIRM_OF_CREDENTIAL.format(schema="ingestion"))
    run_script(_WHO_SPEAKS)
