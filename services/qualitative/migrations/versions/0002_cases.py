"""The parts of case files, and which submission's cases stand."""

from shared.migrations import run_script

revision = "0002"
down_revision = "0001"

_SCRIPT = """
CREATE TABLE qualitative.case_part (
    submission uuid NOT NULL,
    part int NOT NULL CHECK (part > 0),
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version int NOT NULL,
    rows jsonb NOT NULL,
    cases int,
    PRIMARY KEY (submission, part)
);
CREATE INDEX case_part_place ON qualitative.case_part (platform, form, period);
CREATE TABLE qualitative.standing_cases (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    submission uuid NOT NULL UNIQUE,
    version int NOT NULL,
    cases int NOT NULL,
    PRIMARY KEY (platform, form, period)
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
