"""What each recipient has chosen; every choice is kept, the newest stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notification.domain.messages import Recipient
from services.notification.domain.preferences import CHOICES, ChosenKind, Delivery, usual
from shared.transaction import Transaction

STANDING = """
SELECT DISTINCT ON (recipient_kind, recipient, kind) recipient_kind, recipient, kind, delivery, set_by, set_at
FROM preference ORDER BY recipient_kind, recipient, kind, position DESC
"""
_OF = f"SELECT * FROM ({STANDING}) AS standing WHERE recipient_kind = :recipient_kind AND recipient = :recipient"
_CHOOSE = """
INSERT INTO preference (recipient_kind, recipient, kind, delivery, set_by)
VALUES (:recipient_kind, :recipient, :kind, :delivery, :set_by)
"""
_CHOSEN = f"""
SELECT standing.*, (SELECT known.body ->> 'name' FROM registry_subject AS known
                    WHERE known.kind = recipient_kind AND known.code = recipient) AS recipient_name
FROM ({STANDING}) AS standing
ORDER BY array_position(ARRAY['central', 'platform', 'member'], recipient_kind), recipient, kind
"""


@dataclass(frozen=True, slots=True)
class Preference:
    """How messages of a kind reach a recipient; set_by is None where nobody has chosen."""

    kind: ChosenKind
    delivery: Delivery
    set_by: str | None = None
    set_at: datetime | None = None


async def preferences_of(work: Transaction, recipient: Recipient) -> list[Preference]:
    """For each kind that it is sent, in the order in which they are shown."""
    rows = await work.execute(_OF, {"recipient_kind": recipient.kind, "recipient": recipient.code})
    chosen = {row.kind: Preference(row.kind, row.delivery, row.set_by, row.set_at) for row in rows}
    return [chosen.get(kind, Preference(kind, usual(kind))) for kind in CHOICES[recipient.kind]]


async def choose(work: Transaction, recipient: Recipient, kind: ChosenKind, delivery: Delivery, set_by: str) -> bool:
    """False where it stands so already: then nothing is noted."""
    standing = {one.kind: one for one in await preferences_of(work, recipient)}[kind]
    if standing.delivery == delivery:
        return False
    values = {"recipient_kind": recipient.kind, "recipient": recipient.code, "kind": kind, "delivery": delivery}
    await work.execute(_CHOOSE, {**values, "set_by": set_by})
    return True


async def who_wants_links(work: Transaction, kind: ChosenKind) -> set[Recipient]:
    query = f"SELECT recipient_kind, recipient FROM ({STANDING}) AS standing WHERE kind = :kind AND delivery = 'links'"
    rows = await work.execute(query, {"kind": kind})
    return {Recipient(row.recipient_kind, row.recipient) for row in rows}


async def all_chosen(work: Transaction) -> Sequence[Any]:
    """Whatever anybody has chosen, with whoever it is for."""
    return (await work.execute(_CHOSEN)).all()
