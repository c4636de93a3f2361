"""Which passwords are taken: by their length and by what is easily guessed, never by kinds of characters."""

from collections.abc import Collection, Iterable

from zxcvbn import zxcvbn

SHORTEST = 12
LONGEST = 200
# Of 0 to 4; from 3 on, more than 10^8 guesses for whoever knows the words, names, dates and keyboards of the world.
_HARD_ENOUGH = 3
# A password whose own part is shorter than this is as good as its owner's name.
_OWN = 8
_WORD = 4
# Beyond, what is long is not easily guessed; estimating it would take a time that grows with its length.
_ESTIMATED = 72


class WeakPassword(ValueError):
    """Says in French why the password is not taken."""


def _without(password: str, about: Iterable[str]) -> str:
    """What is left of the password once the words that all know of its owner are taken out."""
    left = password.casefold()
    for word in sorted((word.casefold() for word in about if len(word) >= _WORD), key=len, reverse=True):
        left = left.replace(word, "")
    return left


def check_password(password: str, about: Collection[str]) -> None:
    """Raises WeakPassword; `about`: words that others would try first, such as the account's name and its actor."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"Au moins {SHORTEST} caractères : une phrase de quelques mots convient très bien.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Au plus {LONGEST} caractères.")
    if len(_without(password, about)) < _OWN:
        raise WeakPassword("Ce mot de passe tient presque tout entier dans votre nom ou votre code.")
    known = ["pilotage", "uesl", "cil-pass", "cilpass", *(word for word in about if word)]
    estimate = zxcvbn(password[:_ESTIMATED], user_inputs=known)
    if estimate["score"] < _HARD_ENOUGH:
        raise WeakPassword("Ce mot de passe se devine : mots trop courants, nom, date ou suite de touches.")
