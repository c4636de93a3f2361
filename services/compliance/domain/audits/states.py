"""The states of an audit, a sentence each, and who may move it: data, and one function that reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from services.compliance.domain.audits import Audit, AuditRefused, State, Step

# uesl: UESL; lead: who leads it, the firm of an external audit, the audited of an internal one; audited: the audited.
Mover = Literal["uesl", "lead", "audited"]

STATES: Mapping[State, tuple[str, str]] = {
    "planned": ("planifié", "L’audit a une date et quelqu’un qui le mène ; rien n’est encore demandé."),
    "preparing": ("en préparation", "Les pièces sont demandées à l’audité, qui les dépose avant la visite."),
    "examining": ("en examen", "Chaque exigence est examinée : pièces, visite, échantillon des dossiers."),
    "answering": ("en réponse", "L’audité lit les écarts relevés et répond à chacun."),
    "concluding": ("en conclusion", "Les réponses sont lues ; le rapport est contrôlé, puis signé."),
    "signed": ("signé", "Le rapport est figé : personne ne peut plus rien y changer."),
    "cancelled": ("annulé", "L’audit n’a pas eu lieu ; la raison est notée."),
}


class Move(NamedTuple):
    """A move that may be made: who may, and what it is called."""

    before: State
    after: State
    movers: tuple[Mover, ...]
    title: str
    needs_note: bool = False


MOVES: tuple[Move, ...] = (
    Move("planned", "preparing", ("uesl", "lead"), "Demander les pièces"),
    Move("preparing", "examining", ("lead",), "Commencer l’examen"),
    Move("examining", "answering", ("lead",), "Communiquer les écarts à l’audité"),
    Move("answering", "concluding", ("lead", "audited"), "Clore les réponses"),
    Move("concluding", "examining", ("lead",), "Reprendre l’examen", needs_note=True),
    Move("concluding", "signed", ("lead",), "Signer le rapport"),
    *(
        Move(state, "cancelled", ("uesl",), "Annuler l’audit", needs_note=True)
        for state in ("planned", "preparing", "examining", "answering", "concluding")
    ),
)


def moves_of(audit: Audit, movers: frozenset[Mover]) -> list[Move]:
    """What may be done next by whoever is one of these."""
    return [move for move in MOVES if move.before == audit.state and movers & frozenset(move.movers)]


def move(audit: Audit, after: State, movers: frozenset[Mover], by: str, at: datetime, note: str = "") -> Audit:
    """The audit in its new state, the step noted. Raises AuditRefused."""
    wanted = next((one for one in MOVES if (one.before, one.after) == (audit.state, after)), None)
    if wanted is None:
        raise AuditRefused(f"Un audit {STATES[audit.state][0]} ne peut pas devenir {STATES[after][0]}.")
    if not movers & frozenset(wanted.movers):
        raise AuditRefused("Ce pas revient à quelqu’un d’autre.")
    if wanted.needs_note and not note.strip():
        raise AuditRefused("Dites pourquoi.")
    step = Step(before=audit.state, after=after, by=by, at=at, note=note.strip())
    return audit.model_copy(update={"state": after, "steps": (*audit.steps, step)})
