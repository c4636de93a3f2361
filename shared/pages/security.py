"""What protects pages: response headers, the same-origin check of forms, and who wants a page."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# For a mail shown inside a page's frame: its inline styles live, nothing else does.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# Two years, as browsers ask for their lists.
_TLS_ALWAYS = "max-age=63072000; includeSubDomains"


class SecureHeaders:
    """Adds the headers to each response that does not set its own."""

    def __init__(self, app: ASGIApp, *, is_behind_tls: bool = False) -> None:
        self.app = app
        self._headers = HEADERS | ({"strict-transport-security": _TLS_ALWAYS} if is_behind_tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; dress the beginning of each response."""

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (self._headers | _of_somebody(scope)).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_dressed if scope["type"] == "http" else send)


def _of_somebody(scope: Scope) -> dict[str, str]:
    """What is shown to whoever is signed in stays in no cache."""
    return {"cache-control": "no-store"} if scope.get("state", {}).get("viewer") else {}


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.casefold()
    except ValueError:  # such as « http://[ »
        return None


def same_origin(request: HTTPConnection) -> bool:
    """Tell whether a form was sent from one of our own pages; what cannot be told is refused."""
    origin = request.headers.get("origin")
    if origin is not None and _host(origin) != request.headers.get("host", "").casefold():
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is not None


def wants_page(request: HTTPConnection) -> bool:
    """Tell whether the answer is for a person's browser rather than for a program."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
