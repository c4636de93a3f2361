"""Signed webhooks: where platforms want to be told, what is on its way to them, and every attempt."""

from shared.migrations import run_script

revision = "0007"
down_revision = "0006"

_TABLES = """
CREATE TABLE notification.webhook (
    id uuid PRIMARY KEY,
    platform text NOT NULL CHECK (platform <> ''),
    url text NOT NULL CHECK (length(url) <= 2000),
    sealed_secret bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    disabled_at timestamptz,
    disabled_why text,
    removed_at timestamptz,
    CHECK ((disabled_at IS NULL) = (disabled_why IS NULL)),
    CHECK ((removed_at IS NULL) = (sealed_secret IS NOT NULL))
);
COMMENT ON COLUMN notification.webhook.sealed_secret IS 'opened by a key derived from PILOTAGE_SECRET_KEY';
CREATE INDEX webhook_of_platform ON notification.webhook (platform) WHERE removed_at IS NULL;
CREATE TABLE notification.webhook_delivery (
    id uuid PRIMARY KEY,
    webhook uuid NOT NULL REFERENCES notification.webhook,
    platform text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    UNIQUE (webhook, type, subject),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX webhook_delivery_to_send ON notification.webhook_delivery (next_try_at) WHERE state = 'pending';
CREATE TABLE notification.webhook_attempt (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery uuid NOT NULL REFERENCES notification.webhook_delivery,
    platform text NOT NULL,
    at timestamptz NOT NULL,
    milliseconds int NOT NULL CHECK (milliseconds >= 0),
    status int,
    answer text NOT NULL
);
CREATE INDEX webhook_attempt_of_delivery ON notification.webhook_attempt (delivery, position);
"""
_WALL = """
ALTER TABLE notification.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON notification.{table}
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
"""


def upgrade() -> None:
    run_script(_TABLES)
    for table in ("webhook", "webhook_delivery", "webhook_attempt"):
        run_script(_WALL.format(table=table))
