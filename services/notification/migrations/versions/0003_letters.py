"""Letters behind the wall of their messages: whoever may not see a message sees nothing of what it says."""

from shared.migrations import run_script

revision = "0003"
down_revision = "0002"

_WALLS = """
CREATE INDEX message_of_letter ON notification.message (letter);
CREATE INDEX letter_of_html ON notification.letter (html);
CREATE INDEX letter_of_text ON notification.letter (text);
CREATE INDEX enclosure_of_content ON notification.enclosure (content);
ALTER TABLE notification.letter ENABLE ROW LEVEL SECURITY;
CREATE POLICY with_its_messages ON notification.letter
    USING (current_setting('pilotage.viewer', true) = '*'
           OR EXISTS (SELECT FROM notification.message WHERE message.letter = letter.sha256))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
ALTER TABLE notification.enclosure ENABLE ROW LEVEL SECURITY;
CREATE POLICY with_its_messages ON notification.enclosure
    USING (current_setting('pilotage.viewer', true) = '*'
           OR EXISTS (SELECT FROM notification.message WHERE message.letter = enclosure.letter))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
ALTER TABLE notification.content ENABLE ROW LEVEL SECURITY;
CREATE POLICY with_its_letters ON notification.content
    USING (current_setting('pilotage.viewer', true) = '*'
           OR EXISTS (SELECT FROM notification.letter WHERE letter.html = content.sha256)
           OR EXISTS (SELECT FROM notification.letter WHERE letter.text = content.sha256)
           OR EXISTS (SELECT FROM notification.enclosure WHERE enclosure.content = content.sha256))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
"""


def upgrade() -> None:
    run_script(_WALLS)
