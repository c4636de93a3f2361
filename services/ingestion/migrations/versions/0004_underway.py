"""Large files underway, and requests that come again."""

from shared.migrations import run_script

revision = "0004"
down_revision = "0003"

_SCRIPT = """
CREATE TABLE ingestion.underway (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    file_name text NOT NULL,
    size bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'judging', 'done', 'interrupted', 'failed')),
    rows_read bigint NOT NULL DEFAULT 0,
    submission uuid REFERENCES ingestion.submission,
    begun_at timestamptz NOT NULL DEFAULT now(),
    moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ingestion.idempotency_key (
    platform text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    submission uuid NOT NULL REFERENCES ingestion.submission,
    used_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, key)
);
"""
_WALL = """
ALTER TABLE ingestion.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.{table}
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
"""


def upgrade() -> None:
    run_script(_SCRIPT)
    for table in ("underway", "idempotency_key"):
        run_script(_WALL.format(table=table))
