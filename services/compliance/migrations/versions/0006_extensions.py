"""Extensions of deadlines, closing of periods, and what the standing version of an obligation holds."""

from shared.migrations import run_script

revision = "0006"
down_revision = "0005"

_SCRIPT = """
ALTER TABLE compliance.arrival ADD COLUMN standing_version int NOT NULL DEFAULT 0,
    ADD COLUMN revision int NOT NULL DEFAULT 0,
    ADD COLUMN to_confirm boolean NOT NULL DEFAULT false,
    ADD COLUMN members text[];
COMMENT ON COLUMN compliance.arrival.members IS 'who has a line in the standing version; NULL: not noted';
CREATE TABLE compliance.extension (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    until date,
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    decided_on date NOT NULL
);
COMMENT ON TABLE compliance.extension IS 'every decision ever made; platform empty: all; until NULL: taken back';
CREATE TABLE compliance.closing_rule (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    valid_from date NOT NULL,
    months int CHECK (months BETWEEN 0 AND 120),
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE TABLE compliance.closing (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    closed_from date,
    by_rule boolean NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX closing_newest ON compliance.closing (form, period, platform, position DESC);
COMMENT ON TABLE compliance.closing IS 'every closing and reopening ever said; platform empty: all; NULL: stays open';
REVOKE UPDATE, DELETE, TRUNCATE ON compliance.extension, compliance.closing_rule, compliance.closing
    FROM pilotage_compliance;
"""
_WALL = """
ALTER TABLE compliance.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON compliance.{table}
    USING (platform = '' OR current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
"""


def upgrade() -> None:
    run_script(_SCRIPT)
    for table in ("extension", "closing"):
        run_script(_WALL.format(table=table))
