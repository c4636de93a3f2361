"""What became of an attempt to send, and when to try again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.notification.domain.words import count

State = Literal["pending", "sent", "failed", "unknown", "declined", "withdrawn"]
STATES: tuple[State, ...] = ("pending", "sent", "failed", "unknown", "declined", "withdrawn")
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`tried` is False where the message was not even shown to a server.

    answer: the server's last words, where there are any; refusals: the addresses that it refused for good, and why.
    """

    state: State
    error: str | None = None
    tried: bool = True
    answer: str | None = None
    refusals: tuple[tuple[str, str], ...] = ()


NOT_TRIED = Outcome("pending", tried=False)


def unreachable(error: str) -> Outcome:
    """No server took the connection: nothing is held against the message."""
    return Outcome("pending", f"serveur de courrier injoignable : {error}", tried=False)


def sender_refused(code: int, answer: str) -> Outcome:
    """The server wants nothing from this sender, whatever the message: it waits until that is mended."""
    return Outcome("pending", f"expéditeur refusé par le serveur de courrier : {code} {answer}"[:500], tried=False)


def not_taken(error: str) -> Outcome:
    """The connection was lost before the content was sent."""
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


def give_up_late(outcome: Outcome, attempts: int, patience: timedelta) -> Outcome:
    """A message that servers put off for days is failed, not hidden; time in which none was reached does not count."""
    if not outcome.tried or outcome.state not in ("pending", "unknown"):
        return outcome
    waited = sum((pause_after(attempt) for attempt in range(1, attempts)), timedelta())
    if waited <= patience:
        return outcome
    return replace(
        outcome, state="failed", error=f"abandonné après {count(waited.days, 'jour', 'jours')} ; {outcome.error}"
    )


def next_try(outcome: Outcome, attempts: int, now: datetime) -> datetime:
    return now + pause_after(attempts) if outcome.tried else now
