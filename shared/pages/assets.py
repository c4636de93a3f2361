"""Where style sheets and scripts come from: ours beside this file, Bootstrap's from its wheel."""

import hashlib
from functools import cache
from pathlib import Path

import bootstrap_wrapper
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

OWN = Path(__file__).parent / "static"
BOOTSTRAP = Path(bootstrap_wrapper.get_bootstrap_dir())
FOLDERS = {"bootstrap": BOOTSTRAP, "pilotage": OWN}


class CachedStatic(StaticFiles):
    """Files kept for a year under an address that names their version, else asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file with the time it may be kept."""
        response = await super().get_response(path, scope)
        versioned = scope.get("query_string", b"").startswith(b"v=")
        kept = "public, max-age=31536000, immutable" if versioned else "public, no-cache"
        response.headers["cache-control"] = kept if response.status_code in (200, 206, 304) else "no-store"
        return response


def mount_static(app: Starlette) -> None:
    """Serve all style sheets and scripts under /static."""
    for name, folder in FOLDERS.items():
        app.mount(f"/static/{name}", CachedStatic(directory=folder), name=f"static-{name}")


@cache
def asset(path: str) -> str:
    """Give the address of a file (« pilotage/pilotage.css »), marked with its version."""
    name, _, rest = path.partition("/")
    content = (FOLDERS[name] / rest).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"
