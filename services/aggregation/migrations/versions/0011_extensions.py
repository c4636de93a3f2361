"""Due days that UESL has moved."""

from shared.migrations import run_script

revision = "0011"
down_revision = "0010"

_SCRIPT = """
CREATE TABLE aggregation.extension (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    due date NOT NULL,
    decided_on date NOT NULL,
    PRIMARY KEY (form, period, platform, version)
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
