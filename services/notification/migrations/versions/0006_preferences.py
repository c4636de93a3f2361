"""What each recipient wants by mail, with who said so and when; a message that is not wanted is kept, and not sent."""

from shared.migrations import run_script

revision = "0006"
down_revision = "0005"

_SCRIPT = """
ALTER TABLE notification.message DROP CONSTRAINT message_state_check;
ALTER TABLE notification.message ADD CONSTRAINT message_state_check
    CHECK (state IN ('pending', 'sent', 'failed', 'unknown', 'declined'));
CREATE TABLE notification.preference (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('platform', 'member', 'central')),
    recipient text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('receipt', 'late_digest', 'restitution')),
    delivery text NOT NULL CHECK (delivery IN ('attachment', 'links', 'none')),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX preference_newest ON notification.preference (recipient_kind, recipient, kind, position DESC);
COMMENT ON TABLE notification.preference IS 'every choice ever made: the newest of a recipient and kind stands';
ALTER TABLE notification.preference ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON notification.preference USING (
    current_setting('pilotage.viewer', true) = '*'
    OR (recipient_kind = 'platform' AND recipient = current_setting('pilotage.viewer', true))
    OR (recipient_kind = 'member' AND 'member/' || recipient = current_setting('pilotage.viewer', true))
);
REVOKE UPDATE, DELETE, TRUNCATE ON notification.preference FROM pilotage_notification;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
