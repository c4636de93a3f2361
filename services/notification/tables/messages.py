"""Making messages: letters kept once by their hash, one row per message, whatever is heard again."""

import json
from collections.abc import Sequence

from services.notification.domain.letters import Letter
from services.notification.domain.messages import Message, message_id
from services.notification.tables.preferences import STANDING
from shared.clock import noon, paris_day, system_clock
from shared.events import MessageFailed
from shared.transaction import Transaction

WAKE = "messages_notification"
NO_ADDRESS = "aucune adresse électronique dans l’annuaire"

_CONTENTS = """
INSERT INTO content (sha256, media_type, bytes)
SELECT * FROM unnest(CAST(:hashes AS text[]), CAST(:types AS text[]), CAST(:contents AS bytea[]))
ON CONFLICT DO NOTHING
"""
_LETTERS = """
INSERT INTO letter (sha256, title, html, text)
SELECT * FROM unnest(CAST(:hashes AS text[]), CAST(:titles AS text[]), CAST(:htmls AS text[]), CAST(:texts AS text[]))
ON CONFLICT DO NOTHING
"""
_ENCLOSURES = """
INSERT INTO enclosure (letter, position, name, content)
SELECT * FROM unnest(CAST(:letters AS text[]), CAST(:positions AS int[]), CAST(:names AS text[]),
                     CAST(:hashes AS text[]))
ON CONFLICT DO NOTHING
"""
# A recipient that the registry does not know yet has no addresses: they are looked up before sending.
_MESSAGES = f"""
INSERT INTO message (id, kind, subject, recipient, recipient_kind, version, day, letter, message_id, dated, addressed,
                     sender, addresses, copies, state, last_error)
SELECT made.*, :sender, told.addresses, told.copies,
       CASE WHEN chosen.delivery = 'none' THEN 'declined'
            WHEN cardinality(told.addresses) = 0 THEN 'failed' ELSE 'pending' END,
       CASE WHEN chosen.delivery = 'none' THEN NULL WHEN cardinality(told.addresses) = 0 THEN :no_address END
FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:subjects AS text[]), CAST(:recipients AS text[]),
            CAST(:recipient_kinds AS text[]), CAST(:versions AS int[]), CAST(:days AS date[]), CAST(:letters AS text[]),
            CAST(:message_ids AS text[]), CAST(:dates AS timestamptz[]), CAST(:addressed AS jsonb[]))
     AS made (id, kind, subject, recipient, recipient_kind, version, day, letter, message_id, dated, addressed)
LEFT JOIN registry_subject AS known
    ON known.kind = made.recipient_kind AND known.code = made.recipient
       AND known.kind IN ('platform', 'member', 'central')
LEFT JOIN ({STANDING}) AS chosen
    ON chosen.recipient_kind = made.recipient_kind AND chosen.recipient = made.recipient AND chosen.kind = made.kind
CROSS JOIN LATERAL (
    SELECT CASE WHEN made.addressed IS NOT NULL
                THEN ARRAY(SELECT one ->> 'address' FROM jsonb_array_elements(made.addressed) AS one)
                WHEN known.body IS NOT NULL THEN addresses_of(known.body, made.kind, made.day) END AS addresses,
           ARRAY(SELECT one ->> 'address' FROM jsonb_array_elements(coalesce(made.addressed, '[]')) AS one
                 WHERE CAST(one ->> 'copied' AS boolean)) AS copies
) AS told
ON CONFLICT DO NOTHING
RETURNING id, kind, subject, recipient, version, state
"""


async def keep_letters(work: Transaction, letters: Sequence[Letter]) -> None:
    """Keeps letters and their contents, each once."""
    once = sorted({letter.sha256: letter for letter in letters}.items())
    contents = sorted({part.sha256: part for _, letter in once for part in letter.contents}.items())
    await work.execute(
        _CONTENTS,
        {
            "hashes": [sha256 for sha256, _ in contents],
            "types": [part.media_type for _, part in contents],
            "contents": [part.content for _, part in contents],
        },
    )
    await work.execute(
        _LETTERS,
        {
            "hashes": [sha256 for sha256, _ in once],
            "titles": [letter.title for _, letter in once],
            "htmls": [letter.html.sha256 for _, letter in once],
            "texts": [letter.text.sha256 for _, letter in once],
        },
    )
    await _keep_enclosures(work, [letter for _, letter in once])


async def _keep_enclosures(work: Transaction, letters: Sequence[Letter]) -> None:
    rows = [
        (letter.sha256, position, enclosure.name, enclosure.content.sha256)
        for letter in letters
        for position, enclosure in enumerate(letter.enclosures, start=1)
    ]
    names = ("letters", "positions", "names", "hashes")
    if rows:
        await work.execute(_ENCLOSURES, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


async def create_messages(work: Transaction, messages: Sequence[Message], sender: str) -> None:
    """Makes those that do not exist yet, in one statement; says which cannot be sent."""
    if not messages:
        return
    parameters = {**_columns(messages, sender), "sender": sender, "no_address": NO_ADDRESS}
    for row in (await work.execute(_MESSAGES, parameters)).all():
        if row.state == "failed":
            work.say(
                MessageFailed(
                    message=row.id,
                    kind=row.kind,
                    subject=row.subject,
                    recipient=row.recipient,
                    version=row.version,
                    reason=NO_ADDRESS,
                )
            )
    await work.execute("SELECT pg_notify(:channel, '')", {"channel": WAKE})


def _columns(messages: Sequence[Message], sender: str) -> dict[str, list[object]]:
    now = system_clock()
    today = paris_day(now)
    ids = [message.id for message in messages]
    return {
        "ids": list(ids),
        "kinds": [message.kind for message in messages],
        "subjects": [message.subject for message in messages],
        "recipients": [message.recipient.code for message in messages],
        "recipient_kinds": [message.recipient.kind for message in messages],
        "versions": [message.version for message in messages],
        "days": [message.day for message in messages],
        "letters": [message.letter for message in messages],
        "addressed": [_told(message) for message in messages],
        "message_ids": [message_id(identity, sender) for identity in ids],
        # A mail of another day (a simulation, a backlog) bears that day's date.
        "dates": [now if message.day == today else noon(message.day) for message in messages],
    }


def _told(message: Message) -> str | None:
    if message.addressed is None:
        return None
    return json.dumps([one.as_json() for one in message.addressed], ensure_ascii=False)
