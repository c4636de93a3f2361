"""The room's first tables; what belongs to a platform is walled off by row-level security."""

from shared.migrations import run_script
from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE ingestion.submission (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'rejected')),
    version int CHECK (version > 0),
    received_at timestamptz NOT NULL,
    received_on date NOT NULL,
    door text NOT NULL CHECK (door IN ('http', 'page', 'sftp')),
    file_name text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL,
    rows_accepted int NOT NULL,
    rows_refused int NOT NULL,
    rows_blank int NOT NULL,
    error_count int NOT NULL,
    sent_by text NOT NULL,
    CHECK ((verdict = 'accepted') = (version IS NOT NULL)),
    CHECK ((verdict = 'accepted') = (error_count = 0)),
    UNIQUE (platform, form, period, version)
);
CREATE INDEX submission_received ON ingestion.submission (received_on);
CREATE TABLE ingestion.submission_file (
    submission uuid PRIMARY KEY REFERENCES ingestion.submission,
    platform text NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE ingestion.submission_error (
    submission uuid NOT NULL REFERENCES ingestion.submission,
    n int NOT NULL,
    platform text NOT NULL,
    line int,
    column_name text,
    code text NOT NULL,
    message text NOT NULL,
    value text,
    PRIMARY KEY (submission, n)
);
CREATE TABLE ingestion.reception_said (day date PRIMARY KEY, submissions int NOT NULL);
"""

_WALL = """
ALTER TABLE ingestion.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.{table}
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
"""


def upgrade() -> None:
    run_script(plumbing_sql("ingestion"))
    run_script(_TABLES)
    for table in ("submission", "submission_file", "submission_error"):
        run_script(_WALL.format(table=table))
