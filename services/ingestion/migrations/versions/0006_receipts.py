"""Receipts and records of destruction, signed and chained; what has been destroyed of a submission."""

from shared.migrations import run_script

revision = "0006"
down_revision = "0005"

_SCRIPT = """
CREATE TABLE ingestion.receipt_key (
    key text PRIMARY KEY,
    public_key text NOT NULL CHECK (public_key ~ '^[0-9a-f]{64}$'),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz
);
CREATE TABLE ingestion.chain_head (
    chain text PRIMARY KEY CHECK (chain IN ('receipt', 'destruction')),
    position bigint NOT NULL CHECK (position >= 0),
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CHECK ((position = 0) = (sha256 IS NULL))
);
INSERT INTO ingestion.chain_head (chain, position) VALUES ('receipt', 0), ('destruction', 0);
CREATE TABLE ingestion.receipt (
    position bigint PRIMARY KEY CHECK (position > 0),
    submission uuid NOT NULL UNIQUE REFERENCES ingestion.submission,
    platform text NOT NULL,
    key text NOT NULL REFERENCES ingestion.receipt_key,
    signed text NOT NULL
);
CREATE TABLE ingestion.destruction (
    position bigint PRIMARY KEY CHECK (position > 0),
    day date NOT NULL,
    submission uuid NOT NULL REFERENCES ingestion.submission,
    platform text NOT NULL,
    sha256 text NOT NULL,
    why text NOT NULL CHECK (why IN ('refused', 'case_year_over', 'transport_over')),
    key text NOT NULL REFERENCES ingestion.receipt_key,
    signed text NOT NULL
);
CREATE INDEX destruction_submission ON ingestion.destruction (submission);
ALTER TABLE ingestion.submission ADD COLUMN destroyed_on date;
CREATE INDEX submission_refused_kept ON ingestion.submission (received_on)
    WHERE destroyed_on IS NULL AND verdict = 'rejected';
CREATE INDEX submission_cases_kept ON ingestion.submission (period)
    WHERE destroyed_on IS NULL AND form LIKE 'dossiers-%';
CREATE INDEX outbox_cases ON ingestion.outbox (position) WHERE topic = 'cases';
"""
_WALL = """
ALTER TABLE ingestion.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.{table}
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
REVOKE UPDATE, DELETE, TRUNCATE ON ingestion.{table} FROM pilotage_ingestion;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
    for table in ("receipt", "destruction"):
        run_script(_WALL.format(table=table))
