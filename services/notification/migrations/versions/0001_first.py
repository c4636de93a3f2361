"""Messages, the letters they carry, and what is kept until it can be decided."""

from shared.migrations import run_script
from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None

_LETTERS = """
CREATE TABLE notification.content (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type text NOT NULL,
    bytes bytea NOT NULL
);
CREATE TABLE notification.letter (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    title text NOT NULL,
    html text NOT NULL REFERENCES notification.content,
    text text NOT NULL REFERENCES notification.content
);
CREATE TABLE notification.enclosure (
    letter text NOT NULL REFERENCES notification.letter,
    position int NOT NULL CHECK (position > 0),
    name text NOT NULL,
    content text NOT NULL REFERENCES notification.content,
    PRIMARY KEY (letter, position)
);
"""
_MESSAGES = """
CREATE TABLE notification.message (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('receipt', 'reminder', 'late_digest', 'restitution')),
    subject text NOT NULL,
    recipient text NOT NULL,
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('platform', 'member', 'central')),
    version int NOT NULL CHECK (version > 0),
    day date NOT NULL,
    letter text NOT NULL REFERENCES notification.letter,
    sender text NOT NULL,
    message_id text NOT NULL UNIQUE,
    dated timestamptz NOT NULL,
    addresses text[],
    created_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'unknown')),
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_try_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    last_error text,
    UNIQUE (kind, subject, recipient, version),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state <> 'failed' OR last_error IS NOT NULL),
    CHECK (state <> 'sent' OR cardinality(addresses) > 0)
);
CREATE INDEX message_to_send ON notification.message (next_try_at) WHERE state IN ('pending', 'unknown');
CREATE INDEX message_without_address ON notification.message (id) WHERE addresses IS NULL AND state = 'pending';
CREATE INDEX message_newest ON notification.message (day DESC, created_at DESC, id);
CREATE INDEX message_of_recipient ON notification.message (recipient, day DESC);
"""
_REMINDERS = """
CREATE TABLE notification.arrival (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    first_accepted_on date NOT NULL,
    PRIMARY KEY (platform, form, period)
);
CREATE TABLE notification.reminder (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    step int NOT NULL,
    day date NOT NULL,
    due date NOT NULL,
    decided_at timestamptz,
    message uuid REFERENCES notification.message,
    reason text,
    PRIMARY KEY (platform, form, period, step),
    CHECK ((decided_at IS NULL AND message IS NULL AND reason IS NULL)
           OR (decided_at IS NOT NULL AND (message IS NULL) <> (reason IS NULL)))
);
CREATE INDEX reminder_undecided ON notification.reminder (day) WHERE decided_at IS NULL;
CREATE TABLE notification.late_list (
    day date PRIMARY KEY,
    decided_at timestamptz,
    message uuid REFERENCES notification.message
);
CREATE TABLE notification.late_listed (
    day date NOT NULL REFERENCES notification.late_list,
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    due date NOT NULL,
    PRIMARY KEY (day, platform, form, period)
);
"""
_ISSUES = """
CREATE TABLE notification.issue (
    day date PRIMARY KEY,
    parts int NOT NULL CHECK (parts > 0),
    bundled_at timestamptz,
    recipients int
);
CREATE TABLE notification.issue_part (
    day date NOT NULL REFERENCES notification.issue,
    part int NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (day, part)
);
"""
_OWN_ROWS = """
ALTER TABLE notification.message ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_messages ON notification.message USING (
    current_setting('pilotage.viewer', true) = '*'
    OR (recipient_kind = 'platform' AND recipient = current_setting('pilotage.viewer', true))
);
ALTER TABLE notification.reminder ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_reminders ON notification.reminder USING (
    current_setting('pilotage.viewer', true) IN ('*', platform)
);
"""


def upgrade() -> None:
    """Makes everything."""
    for part in (plumbing_sql("notification"), _LETTERS, _MESSAGES, _REMINDERS, _ISSUES, _OWN_ROWS):
        run_script(part)
