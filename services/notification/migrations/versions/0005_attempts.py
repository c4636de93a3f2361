"""The ledger of attempts, and the addresses that mail servers have refused."""

from shared.migrations import run_script

revision = "0005"
down_revision = "0004"

_TABLES = """
CREATE TABLE notification.attempt (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message uuid NOT NULL REFERENCES notification.message,
    recipient_kind text NOT NULL,
    recipient text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times int NOT NULL DEFAULT 1 CHECK (times > 0),
    addresses text[] NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('sent', 'failed', 'put_off', 'unknown', 'unreachable')),
    answer text
);
CREATE INDEX attempt_of_message ON notification.attempt (message, position);
COMMENT ON COLUMN notification.attempt.times IS 'attempts in a row that ended alike before any server was shown it';
CREATE TABLE notification.bounce (
    recipient_kind text NOT NULL,
    recipient text NOT NULL,
    address text NOT NULL,
    answer text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times int NOT NULL DEFAULT 1 CHECK (times > 0),
    message uuid NOT NULL REFERENCES notification.message,
    PRIMARY KEY (recipient_kind, recipient, address)
);
CREATE INDEX bounce_message ON notification.bounce (message);
"""
_WALL = """
ALTER TABLE notification.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON notification.{table} USING (
    current_setting('pilotage.viewer', true) = '*'
    OR (recipient_kind = 'platform' AND recipient = current_setting('pilotage.viewer', true))
) WITH CHECK (current_setting('pilotage.viewer', true) = '*');
"""


def upgrade() -> None:
    run_script(_TABLES)
    for table in ("attempt", "bounce"):
        run_script(_WALL.format(table=table))
