"""Tables of which UESL wants a new edition before Monday."""

from shared.migrations import run_script

revision = "0007"
down_revision = "0006"

_SCRIPT = """
CREATE TABLE aggregation.demand (
    form text NOT NULL,
    period text NOT NULL,
    asked_on date NOT NULL,
    asked_by text NOT NULL,
    worked_on date,
    PRIMARY KEY (form, period, asked_on)
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
