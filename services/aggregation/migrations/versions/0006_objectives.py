"""What UESL wants a year to come to, in versions."""

from shared.migrations import run_script

revision = "0006"
down_revision = "0005"

# In minor units, as the figures; without a value nothing is wanted any more.
_SCRIPT = """
CREATE TABLE aggregation.objective (
    form text NOT NULL,
    measure text NOT NULL,
    level text NOT NULL CHECK (level IN ('member', 'region', 'platform', 'national')),
    code text NOT NULL,
    year int NOT NULL,
    version int NOT NULL CHECK (version > 0),
    value bigint CHECK (value >= 0),
    set_on date NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (form, year, level, code, measure, version)
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
