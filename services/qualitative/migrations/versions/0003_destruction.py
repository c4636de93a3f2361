"""The record of cases destroyed."""

from shared.migrations import run_script

revision = "0003"
down_revision = "0002"

_SCRIPT = """
CREATE TABLE qualitative.destruction (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    submission uuid NOT NULL,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version int NOT NULL,
    parts int NOT NULL CHECK (parts > 0),
    cases int NOT NULL CHECK (cases >= 0),
    why text NOT NULL CHECK (why = 'case_year_over'),
    recorded_at timestamptz NOT NULL DEFAULT now()
);
REVOKE UPDATE, DELETE, TRUNCATE ON qualitative.destruction FROM pilotage_qualitative;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
