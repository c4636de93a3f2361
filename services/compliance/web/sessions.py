"""Sessions as pages carry them: a signed cookie, new at each sign-in."""

from fastapi import Request, Response

from shared.security import SESSION_SECONDS, Viewer, sign_session
from shared.web import is_behind_tls, session_cookie, settings_of


def secret_key_of(request: Request) -> str:
    return settings_of(request).secret_key.get_secret_value()


def set_session(request: Request, answer: Response, viewer: Viewer) -> None:
    """Seen by no script, sent from our own pages alone; behind TLS where the service is."""
    name, session = session_cookie(request), sign_session(secret_key_of(request), viewer)
    secure = is_behind_tls(request)
    answer.set_cookie(name, session, SESSION_SECONDS, httponly=True, samesite="lax", secure=secure)
