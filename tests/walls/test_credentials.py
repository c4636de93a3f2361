"""Tokens and sessions that are altered, revoked, replayed or made up open nothing, at any route."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.compliance.tables.credentials import issue_member_token, issue_token
from shared.security import SESSION_SECONDS, Viewer, sign_session, token_hash, viewer_of_token
from tests.walls.rights import RIGHTS
from tests.walls.test_matrix import told
from tests.walls.world import JSON, PAGE, Asker, World

pytestmark = pytest.mark.infra

GUARDED = [route for route, right in RIGHTS.items() if right != "anybody"]
_KEY = "another key, long enough to sign with"


class Forged(Asker):
    """Presents the same thing everywhere."""

    def headers(self, *, page: bool) -> dict[str, str]:
        if not page:
            return {**JSON, "Authorization": f"Bearer {self.token}"}
        return {**PAGE, "Cookie": f"pilotage_session={self.token}", "Origin": "http://127.0.0.1:8000"}


def one_of(world: World, name: str) -> Asker:
    return next(asker for asker in world.askers if asker.name == name)


def altered(credential: str) -> Iterator[str]:
    """A character changed, left out, added; a part taken from elsewhere."""
    middle = len(credential) // 2
    other = "A" if credential[middle] != "A" else "B"
    yield credential[:middle] + other + credential[middle + 1 :]
    yield credential[:-1]
    yield credential + "A"
    yield credential.swapcase()
    yield credential.replace(".", "..", 1) if "." in credential else f"{credential}.{credential}"


def made_up(world: World) -> Iterator[str]:
    key = world.house.settings.secret_key.get_secret_value()
    platform, admin = one_of(world, "PF01"), one_of(world, "admin")
    yield from altered(platform.token)
    yield from altered(platform.session)
    yield from altered(admin.session)
    yield token_hash(platform.token)
    yield from ("plt_", "*", "PF01", "member/CIL01", "null", "Bearer", "x" * 3000)
    signed_elsewhere = Viewer("admin", "admin", None, "6f2c3a52-5d0b-4b5a-9c0e-3a6d6a1f7a10")
    yield sign_session(_KEY, signed_elsewhere)
    yield sign_session(key, signed_elsewhere)  # no credential of that name
    head = admin.session.rsplit(".", 2)[0]
    yield ".".join([head, *platform.session.rsplit(".", 2)[1:]])


async def test_what_is_altered_or_made_up_is_nobody(world: World) -> None:
    """At each route the same answer as without any credential."""
    nobody = one_of(world, "nobody")
    expected = {route: told(await world.ask(nobody, route, **_NAMES)) for route in GUARDED}
    for credential in made_up(world):
        for route in ("GET /api/v1/submissions", "GET /depots", "GET /api/v1/registry", "POST /api/v1/submissions"):
            answer = await world.ask(Forged("x", "x", credential), route)
            assert told(answer) == told(await world.ask(nobody, route)), (route, credential)
    for route in GUARDED:
        answer = await world.ask(Forged("x", "x", one_of(world, "PF01").token[:-1]), route, **_NAMES)
        assert told(answer) == expected[route], route


_NAMES = dict.fromkeys(
    ("submission", "identity", "message", "webhook", "account", "invitation", "audit", "piece"),
    "6f2c3a52-5d0b-4b5a-9c0e-3a6d6a1f7a10",
)


async def test_a_token_is_no_session_and_a_session_is_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = one_of(world, "PF01")
    assert (await world.ask(Forged("x", "x", platform.token), "GET /depots")).status_code == 303
    assert (await world.ask(Forged("x", "x", platform.session), "GET /depots")).status_code == 200
    later = int(datetime.now(UTC).timestamp()) + SESSION_SECONDS + 2
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    for route in ("GET /depots", "GET /api/v1/submissions"):
        answer = await world.ask(Forged("x", "x", platform.session), route)
        assert answer.status_code in (303, 401)


async def test_a_page_of_another_site_does_nothing_with_a_session(world: World) -> None:
    """The cookie comes along by itself; where it comes from is looked at."""
    platform = one_of(world, "PF01")
    cookie = {**JSON, "Cookie": f"pilotage_session={platform.session}"}
    for route in GUARDED:
        method, path = route.split(" ")
        if method == "GET":
            continue
        path = path.format(n=1, token=_NAMES["message"], kind="members", place="cil-cci", code="CIL01", **_NAMES)
        for origin in (
            {},
            {"Origin": "null"},
            {"Origin": "https://ailleurs.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await world.house.http.request(method, path, headers={**cookie, **origin})
            assert answer.status_code == 403, (route, origin)


@pytest.mark.parametrize(("role", "name"), [("platform", "PF02"), ("member", "CIL02")])
async def test_a_revoked_token_opens_nothing_nor_do_its_sessions(world: World, role: str, name: str) -> None:
    house, nobody = world.house, one_of(world, "nobody")
    async with house.rooms["compliance"].database.transaction() as work:
        issue = issue_token if role == "platform" else issue_member_token
        credential, token = await issue(work, name, name)
        viewer = await viewer_of_token(work, token)
    assert viewer
    await house.carry()
    session = sign_session(house.settings.secret_key.get_secret_value(), viewer)
    assert (await world.ask(Forged("x", "x", token), "GET /api/v1/submissions")).status_code == 200
    assert (await world.ask(Forged("x", "x", session), "GET /boite-envoi")).status_code == 200
    assert (await house.http.delete(f"/api/v1/tokens/{credential}", headers=house.admin)).status_code == 204
    await house.carry()
    for route in GUARDED:
        expected = told(await world.ask(nobody, route, **_NAMES))
        for presented in (token, session):
            assert told(await world.ask(Forged("x", "x", presented), route, **_NAMES)) == expected, route
