"""What a recipient may choose: which messages come by mail, and whether files come along; reminders always come."""

from typing import Literal

from services.notification.domain.messages import RecipientKind

Delivery = Literal["attachment", "links", "none"]
ChosenKind = Literal["restitution", "receipt", "late_digest"]

DELIVERIES: dict[Delivery, str] = {
    "attachment": "par courriel, avec les pièces jointes",
    "links": "par courriel, avec des liens seulement",
    "none": "pas de courriel",
}
# By the kind of recipient, what it is sent and can choose.
CHOICES: dict[RecipientKind, tuple[ChosenKind, ...]] = {
    "platform": ("restitution", "receipt"),
    "member": ("restitution",),
    "central": ("restitution", "late_digest"),
}
# All that ever carries a file.
WITH_FILES: tuple[ChosenKind, ...] = ("restitution",)


class NotToBeChosen(ValueError):
    """Said to the user: a French sentence."""


def usual(kind: ChosenKind) -> Delivery:
    """Where nobody has chosen."""
    return "attachment" if kind in WITH_FILES else "links"


def deliveries_of(kind: ChosenKind) -> tuple[Delivery, ...]:
    return ("attachment", "links", "none") if kind in WITH_FILES else ("links", "none")


def check_choice(recipient_kind: RecipientKind, kind: str, delivery: Delivery) -> ChosenKind:
    """Raises NotToBeChosen for what cannot be switched off, or never comes."""
    if kind == "reminder":
        raise NotToBeChosen("Les rappels d’échéance ne peuvent pas être coupés.")
    chosen = next((one for one in CHOICES[recipient_kind] if one == kind), None)
    if chosen is None:
        raise NotToBeChosen("Ce destinataire ne reçoit pas de messages de ce genre.")
    if delivery not in deliveries_of(chosen):
        raise NotToBeChosen("Les messages de ce genre n’ont pas de pièce jointe.")
    return chosen
