"""Sessions as pages carry them: a signed cookie, new at each sign-in."""

from fastapi import Request, Response

from shared.security import SESSION_SECONDS, Viewer, sign_session
from shared.web import SESSION_COOKIE, settings_of


def secret_key_of(request: Request) -> str:
    return settings_of(request).secret_key.get_secret_value()


def set_session(request: Request, answer: Response, viewer: Viewer) -> None:
    """Seen by no script, sent from our own pages alone; behind TLS where the service is."""
    is_https = settings_of(request).public_url.scheme == "https"
    session = sign_session(secret_key_of(request), viewer)
    answer.set_cookie(SESSION_COOKIE, session, SESSION_SECONDS, httponly=True, samesite="lax", secure=is_https)
