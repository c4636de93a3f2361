"""Ladders of reminders, as UESL sets them."""

from shared.migrations import run_script

revision = "0008"
down_revision = "0007"

_SCRIPT = """
CREATE TABLE compliance.ladder (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    valid_from date NOT NULL,
    steps jsonb NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    decided_on date NOT NULL
);
COMMENT ON COLUMN compliance.ladder.steps IS 'days from the due day: level';
REVOKE UPDATE, DELETE, TRUNCATE ON compliance.ladder FROM pilotage_compliance;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
