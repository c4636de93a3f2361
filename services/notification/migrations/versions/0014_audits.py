"""Audits are written of."""

from shared.migrations import run_script

revision = "0014"
down_revision = "0013"

_SCRIPT = """
ALTER TABLE notification.message DROP CONSTRAINT message_kind_check;
ALTER TABLE notification.message ADD CONSTRAINT message_kind_check
    CHECK (kind IN ('receipt', 'reminder', 'late_digest', 'restitution', 'audit'));
"""


def upgrade() -> None:
    run_script(_SCRIPT)
