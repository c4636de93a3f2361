"""How long a name waits after wrong passwords: longer each time, never for ever."""

from datetime import timedelta

# So many may be mistyped before one waits.
FREE_FAILURES = 5
_FIRST = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)
# Failures older than this are forgotten.
FORGOTTEN_AFTER = timedelta(hours=24)


def wait_after(failures: int) -> timedelta:
    """Doubles with each failure beyond those that are free."""
    if failures < FREE_FAILURES:
        return timedelta()
    doublings: int = min(failures - FREE_FAILURES, 20)
    return min(_FIRST * (1 << doublings), LONGEST)
