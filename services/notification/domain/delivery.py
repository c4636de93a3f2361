"""What became of an attempt to send, and when to try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["pending", "sent", "failed", "unknown"]
STATES: tuple[State, ...] = ("pending", "sent", "failed", "unknown")
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`tried` is False where the message was not even shown to a server."""

    state: State
    error: str | None = None
    tried: bool = True


NOT_TRIED = Outcome("pending", tried=False)


def unreachable(error: str) -> Outcome:
    """No server took the connection: nothing is held against the message."""
    return Outcome("pending", f"serveur de courrier injoignable : {error}", tried=False)


def not_taken(error: str) -> Outcome:
    """The line was lost before the content was sent."""
    return Outcome("pending", f"connexion perdue avant l’envoi : {error}")


def uncertain(error: str) -> Outcome:
    """The content was sent and no answer came: the server may have it. The same bytes will be sent again."""
    return Outcome("unknown", f"pas de réponse après l’envoi : {error}")


def refused(code: int, answer: str) -> Outcome:
    """5xx is for good; anything else may pass later."""
    return Outcome("failed" if 500 <= code < 600 else "pending", f"{code} {answer}"[:500])


def pause_after(attempts: int) -> timedelta:
    """Two seconds after the first attempt, then twice as long each time."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(max(attempts, 1), 12)))


def give_up_late(outcome: Outcome, age: timedelta, patience: timedelta) -> Outcome:
    """A message that nobody takes for days is failed, not hidden."""
    if outcome.state in ("pending", "unknown") and age > patience:
        return Outcome("failed", f"abandonné après {age.days} jours ; {outcome.error or 'jamais essayé'}")
    return outcome


def next_try(outcome: Outcome, attempts: int, now: datetime) -> datetime:
    return now + pause_after(attempts) if outcome.tried else now
