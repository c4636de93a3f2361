"""Webhooks: signed, tried again with pauses, never sent on, never into a private network; real servers are called."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import services.notification
from services.notification.domain import webhooks as domain
from services.notification.domain.webhooks import PAUSES, UnfitAddress, is_public, signature, target_of
from services.notification.handlers import calling
from services.notification.handlers.calling import Calling
from services.notification.tables import webhooks
from services.notification.tables.queue import pending_messages
from services.notification.tables.sealing import NotOurs, new_secret, seal, unseal
from shared.events import CredentialIssued
from shared.pages import Pages
from shared.security import token_hash
from shared.settings import Settings
from shared.web import build_web
from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.listener import Listener, Received
from tests.shared.admin import admin_headers

DAY = dt.date(2005, 5, 2)
ADDRESS = "/api/v1/webhooks"
KEY = "k" * 40
LEDGER = "SELECT status, answer FROM webhook_attempt ORDER BY position"
STATE = "SELECT state, attempts FROM webhook_delivery"
DUE = "UPDATE webhook_delivery SET next_try_at = now() - interval '1 second' WHERE state = 'pending'"


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.stop()


def caller(office: Office, *, simulation: bool = True, trusted: ssl.SSLContext | None = None) -> Calling:
    return Calling(office.room.database, KEY, simulation=simulation, trusted=trusted)


async def registered(office: Office, url: str, platform: str = "PF01") -> tuple[UUID, str]:
    async with office.room.database.transaction() as work:
        made = await webhooks.register(work, platform, url, "essai", KEY)
    assert made is not None
    return made


async def issued(office: Office, day: dt.date = DAY) -> None:
    await office.hear(*facts.registry(), *facts.issue(day, (facts.edition("T-1"), facts.edition("T-2", by="region"))))


def check_signature(call: Received, secret: str) -> None:
    """As a receiver would, without any code of ours."""
    told = b".".join([call.headers["webhook-id"].encode(), call.headers["webhook-timestamp"].encode(), call.body])
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), told, hashlib.sha256).digest()
    version, _, given = call.headers["webhook-signature"].partition(",")
    assert (version, base64.b64decode(given)) == ("v1", expected)
    assert abs(int(call.headers["webhook-timestamp"]) - dt.datetime.now(dt.UTC).timestamp()) < 60


async def test_an_issue_is_told_once_with_numbers_and_links(office: Office, listener: Listener) -> None:
    port = await listener.start()
    _, secret = await registered(office, f"http://127.0.0.1:{port}/chemin?cle=1")
    await issued(office)
    await issued(office)
    assert await caller(office).call_batch() == 1
    assert await caller(office).call_batch() == 0
    [call] = listener.received
    check_signature(call, secret)
    assert (call.path, call.headers["host"]) == ("/chemin?cle=1", f"127.0.0.1:{port}")
    told = json.loads(call.body)
    assert (told["type"], told["data"]["day"]) == ("restitution.issued", "2005-05-02")
    assert [edition["number"] for edition in told["data"]["editions"]] == ["T-1", "T-2"]
    assert told["data"]["editions"][0]["links"]["pdf"] == "http://127.0.0.1:8000/api/v1/editions/T-1?format=pdf"
    assert "document" not in told["data"]["editions"][0]
    assert await office.rows(STATE) == [{"state": "sent", "attempts": 1}]
    assert await office.rows(LEDGER) == [{"status": 204, "answer": "204 No Content"}]


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's own libraries."""
    secret, identity = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, identity, 1614265330, b'{"test": 2432232314}') == expected


async def test_a_failure_is_tried_again_under_the_same_number(office: Office, listener: Listener) -> None:
    port = await listener.start()
    _, secret = await registered(office, f"http://localhost:{port}/")
    listener.answers = ["500 Oops", "503 Later"]
    await issued(office)
    for _ in range(3):
        await caller(office).call_batch()
        await office.say(DUE)
    assert len({call.headers["webhook-id"] for call in listener.received}) == 1
    assert len({call.body for call in listener.received}) == 1
    for call in listener.received:
        check_signature(call, secret)
    assert [row["status"] for row in await office.rows(LEDGER)] == [500, 503, 204]
    assert await office.rows(STATE) == [{"state": "sent", "attempts": 3}]


async def test_pauses_grow_and_after_ten_tries_it_is_disabled(office: Office, listener: Listener) -> None:
    port = await listener.start()
    identity, _ = await registered(office, f"http://127.0.0.1:{port}/")
    listener.answers = ["500 Oops"] * 10
    await issued(office)
    pauses = []
    for _ in range(10):
        assert await caller(office).call_batch() == 1
        query = "SELECT next_try_at - at AS pause FROM webhook_delivery, webhook_attempt ORDER BY position DESC LIMIT 1"
        pauses += [row["pause"] for row in await office.rows(query)]
        assert await caller(office).call_batch() == 0
        await office.say(DUE)
    assert tuple(pauses[:9]) == PAUSES
    assert (PAUSES[0], PAUSES[-1]) == (dt.timedelta(minutes=1), dt.timedelta(hours=24))
    assert await office.rows(STATE) == [{"state": "failed", "attempts": 10}]
    [row] = await office.rows("SELECT disabled_why FROM webhook")
    assert "10 essais sans succès" in str(row["disabled_why"])
    await issued(office, dt.date(2005, 5, 9))
    assert await caller(office).call_batch() == 0
    async with office.room.database.transaction("PF01") as work:
        assert await webhooks.enable(work, identity)
    assert await caller(office).call_batch() == 2
    assert {row["state"] for row in await office.rows(STATE)} == {"sent"}


async def test_gone_is_gone_at_once(office: Office, listener: Listener) -> None:
    await registered(office, f"http://127.0.0.1:{await listener.start()}/")
    listener.answers = ["410 Gone"]
    await issued(office)
    await caller(office).call_batch()
    [row] = await office.rows("SELECT disabled_why, state FROM webhook JOIN webhook_delivery ON true")
    assert row["state"] == "failed"
    assert "410" in str(row["disabled_why"])


async def test_it_is_never_sent_on(office: Office, listener: Listener) -> None:
    port = await listener.start()
    await registered(office, f"http://127.0.0.1:{port}/a")
    listener.answers = [f"307 Elsewhere\r\nLocation: http://127.0.0.1:{port}/b"]
    await issued(office)
    await caller(office).call_batch()
    assert [call.path for call in listener.received] == ["/a"]
    assert await office.rows(LEDGER) == [{"status": 307, "answer": "307 Elsewhere (redirection non suivie)"}]


async def test_whoever_says_nothing_is_let_go(
    office: Office, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert domain.TIMEOUT_SECONDS == 10
    monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 0.3)
    listener.silent = True
    await registered(office, f"http://127.0.0.1:{await listener.start()}/")
    await issued(office)
    await caller(office).call_batch()
    [row] = await office.rows("SELECT status, answer, milliseconds FROM webhook_attempt")
    assert row["status"] is None
    assert int(str(row["milliseconds"])) < 2000


async def test_nobody_there_is_a_failure_like_another(office: Office) -> None:
    await registered(office, "http://127.0.0.1:1/")
    await issued(office)
    await caller(office).call_batch()
    assert await office.rows(LEDGER) == [{"status": None, "answer": "connexion impossible (ConnectError)"}]
    assert await office.rows(STATE) == [{"state": "pending", "attempts": 1}]
    async with office.room.database.transaction() as work:
        assert (await pending_messages(work))["webhooks"] == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.0.1:8443/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://user:word@hooks.example/",
        "https://hooks.example/#a",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://[::1",
        "https:///x",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://hooks.example/\u00e9",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nx",
        "",
    ],
)
def test_unfit_addresses_are_refused_in_production(url: str) -> None:
    with pytest.raises(UnfitAddress):
        target_of(url, simulation=False)


def test_simulation_takes_http_for_the_machine_itself_alone() -> None:
    for url in ("http://127.0.0.1:80/", "http://localhost:8080/x", "https://10.0.0.1/", "https://hooks.example/"):
        target_of(url, simulation=True)
    for url in ("http://10.0.0.1/", "http://hooks.example/", "http://localhost.hooks.example/"):
        with pytest.raises(UnfitAddress):
            target_of(url, simulation=True)
    assert target_of("https://hooks.example/x?y", simulation=False).port == 443


def test_public_addresses_are_public() -> None:
    for text in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"):
        assert is_public(ip_address(text))
    for text in ("224.0.0.1", "2002:7f00:1::", "ff02::1", "fe80::1", "::"):
        assert not is_public(ip_address(text))


async def test_a_name_that_leads_into_a_private_network_is_not_called(
    office: Office, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a name stands for is looked at when it is called, however it looked when it was registered."""
    port = await listener.start()

    async def resolve(_: object) -> list[object]:
        return [ip_address("93.184.216.34"), ip_address("127.0.0.1")]

    monkeypatch.setattr(calling, "_resolve", resolve)
    await registered(office, f"https://hooks.example:{port}/")
    await issued(office)
    await caller(office, simulation=False).call_batch()
    assert listener.received == []
    [row] = await office.rows(LEDGER)
    assert row["answer"] == "Cette adresse mène à un réseau privé."


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side and a caller's side of one certificate."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "both.pem").write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


@pytest.mark.parametrize(("name", "is_taken"), [("localhost", True), ("another.example", False)])
async def test_over_tls_the_certificate_must_be_the_names(
    office: Office, listener: Listener, tmp_path: Path, name: str, is_taken: bool
) -> None:
    server, trusted = _certificate(tmp_path, name)
    port = await listener.start(server)
    await registered(office, f"https://localhost:{port}/")
    await issued(office)
    await caller(office, trusted=trusted).call_batch()
    assert bool(listener.received) == is_taken
    if is_taken:
        assert listener.received[0].headers["host"] == f"localhost:{port}"


async def test_an_unknown_certificate_is_not_trusted(office: Office, listener: Listener, tmp_path: Path) -> None:
    port = await listener.start(_certificate(tmp_path, "localhost")[0])
    await registered(office, f"https://localhost:{port}/")
    await issued(office)
    await caller(office).call_batch()
    assert listener.received == []
    assert (await office.rows(LEDGER))[0]["status"] is None


def test_a_sealed_secret_opens_with_its_key_for_its_webhook_alone() -> None:
    identity, secret = uuid4(), new_secret()
    sealed = seal(KEY, identity, secret)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret.encode() not in sealed
    assert unseal(KEY, identity, sealed) == secret
    for key, other in ((KEY + "x", identity), (KEY, uuid4())):
        with pytest.raises(NotOurs):
            unseal(key, other, sealed)


async def test_a_changed_key_is_said(office: Office, listener: Listener) -> None:
    await registered(office, f"http://127.0.0.1:{await listener.start()}/")
    await issued(office)
    await Calling(office.room.database, "z" * 40, simulation=True).call_batch()
    assert listener.received == []
    assert "La clé du service a changé" in str((await office.rows(LEDGER))[0]["answer"])


Three = tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient]


def _simulated(settings: Settings) -> Settings:
    return settings.model_copy(update={"simulation": True})


@pytest.fixture
async def askers(office: Office) -> AsyncIterator[Three]:
    """The admin, PF01 and PF02."""
    for code in ("PF01", "PF02"):
        credential = CredentialIssued(
            credential=uuid4(), token_sha256=token_hash(f"plt_{code}"), role="platform", platform=code, name=code
        )
        await office.hear(credential)
    await office.hear(*facts.registry())
    folder = Path(services.notification.__file__).parent / "templates"
    app = build_web({"notification": office.room}, _simulated(office.settings), Pages({"notification": folder}))
    transport = httpx.ASGITransport(app=app)
    admin = await admin_headers(office.settings, office.room.database)
    page = {"accept": "text/html"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://t", headers=admin | page) as one,
        httpx.AsyncClient(
            transport=transport, base_url="http://t", headers=page | {"authorization": "Bearer plt_PF01"}
        ) as two,
        httpx.AsyncClient(
            transport=transport, base_url="http://t", headers=page | {"authorization": "Bearer plt_PF02"}
        ) as three,
    ):
        yield one, two, three


async def test_a_platform_registers_and_the_secret_is_told_once(office: Office, askers: Three) -> None:
    admin, own, other = askers
    answer = await own.post(ADDRESS, json={"url": "http://127.0.0.1:9/x"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    [kept] = await office.rows("SELECT sealed_secret FROM webhook")
    assert made["secret"].encode() not in bytes(kept["sealed_secret"])  # type: ignore[call-overload]
    for client in (own, admin):
        listed = await client.get(ADDRESS)
        assert [one["url"] for one in listed.json()] == ["http://127.0.0.1:9/x"]
        page = await client.get("/webhooks")
        assert "http://127.0.0.1:9/x" in page.text
        assert made["secret"] not in listed.text + page.text
    assert (await other.get(ADDRESS)).json() == []
    for client in (other,):
        assert (await client.get(f"{ADDRESS}/{made['id']}/deliveries")).status_code == 404
        assert (await client.delete(f"{ADDRESS}/{made['id']}")).status_code == 404
        assert (await client.post(f"{ADDRESS}/{made['id']}/enabling")).status_code == 404
        assert (await client.post(f"/webhooks/{made['id']}/suppression")).status_code == 404
    assert (await admin.post(ADDRESS, json={"url": "http://127.0.0.1:9/x"})).status_code == 403
    assert (await own.delete(f"{ADDRESS}/{made['id']}")).status_code == 204
    assert (await own.get(ADDRESS)).json() == []
    assert await office.rows("SELECT sealed_secret FROM webhook") == [{"sealed_secret": None}]


async def test_a_platform_has_five_at_most(askers: Three) -> None:
    _, own, other = askers
    codes = [(await own.post(ADDRESS, json={"url": f"https://h.example/{n}"})).status_code for n in range(6)]
    assert codes == [201] * 5 + [409]
    assert (await other.post(ADDRESS, json={"url": "https://h.example/"})).status_code == 201
    assert (await other.post(ADDRESS, json={"url": "http://h.example/"})).status_code == 422


async def test_the_page_registers_shows_the_ledger_and_removes(office: Office, askers: Three) -> None:
    admin, own, _ = askers
    page = await own.post("/webhooks", data={"url": "http://127.0.0.1:1/x"})
    assert page.status_code == 200
    assert "whsec_" in page.text
    assert "whsec_</code>" in (await own.get("/webhooks")).text
    refused = await own.post("/webhooks", data={"url": "http://elsewhere.example/"})
    assert refused.status_code == 422
    assert "L’adresse doit commencer par https://." in refused.text
    await office.hear(*facts.issue(DAY, (facts.edition("T-1"),)))
    await Calling(office.room.database, office.settings.secret_key.get_secret_value(), simulation=True).call_batch()
    shown = (await own.get("/webhooks")).text
    assert "connexion impossible (ConnectError)" in shown
    assert "Restitution du 2005-05-02" in shown
    [listed] = (await admin.get(ADDRESS)).json()
    [delivery] = (await own.get(f"{ADDRESS}/{listed['id']}/deliveries")).json()
    assert (delivery["state"], delivery["attempts"], delivery["tries"][0]["status"]) == ("pending", 1, None)
    assert (await own.post(f"/webhooks/{listed['id']}/suppression")).status_code == 303
    assert "Aucun webhook n’est inscrit." in (await own.get("/webhooks")).text
