"""Messages go to the contacts who want them; a reminder says to whom it went and why, and can be withdrawn in time."""

from shared.migrations import run_script

revision = "0010"
down_revision = "0009"

_SCRIPT = """
ALTER TABLE notification.message ADD COLUMN copies text[] NOT NULL DEFAULT '{}',
    ADD COLUMN addressed jsonb;
COMMENT ON COLUMN notification.message.copies IS 'of the addresses, those in copy';
COMMENT ON COLUMN notification.message.addressed IS 'each address with a name and why it is written to';
ALTER TABLE notification.message DROP CONSTRAINT message_state_check;
ALTER TABLE notification.message ADD CONSTRAINT message_state_check
    CHECK (state IN ('pending', 'sent', 'failed', 'unknown', 'declined', 'withdrawn'));
CREATE FUNCTION notification.addresses_of(body jsonb, kind text, day date) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        nullif(ARRAY(
            SELECT DISTINCT contact ->> 'email'
            FROM jsonb_array_elements(coalesce(body -> 'contacts', '[]')) AS contact
            WHERE contact -> 'receives' @> to_jsonb(kind)
              AND coalesce((contact ->> 'from')::date, '-infinity') <= day
              AND day <= coalesce((contact ->> 'to')::date, 'infinity')
            ORDER BY 1), '{}'),
        ARRAY(SELECT jsonb_array_elements_text(coalesce(body -> 'emails', '[]'))))
$$;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
