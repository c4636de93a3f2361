"""Files that take a while: taken with 202, followed to their end, judged in a child process; repeats; pressure."""

import asyncio
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from services.ingestion.tables.underway import SILENT_SECONDS
from services.ingestion.web.pressure import AT_ONCE, AT_ONCE_PER_PLATFORM, PRESSURE
from shared.events import CasesReported, SubmissionAccepted
from shared.forms import FORMS
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, accepted, assistance, send, wrong
from tests.shared.house import House

pytestmark = pytest.mark.infra

CASES = FORMS["dossiers-mobilite"]
ROW = "CIL01;1500,50;3;1;40;5;75011;2A004;1;O;N;N;N;N;N;N;N;N"


def cases(rows: int, spoilt: str = "") -> bytes:
    header = ";".join(column.name for column in CASES.columns)
    return "\n".join([header, *[ROW.replace("2A004", "69003")] * rows, *([spoilt] if spoilt else []), ""]).encode()


@pytest.fixture
async def new_year(house: House) -> House:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    return house


async def followed(house: House, content: bytes, **more: Any) -> dict[str, Any]:
    """What became of a file that was answered with 202."""
    taken = await send(house, content, form="dossiers-mobilite", period="2005", **more)
    assert taken.status_code == 202, taken.text
    assert taken.headers["retry-after"] == "2"
    states = []
    while True:
        answer = await house.http.get(taken.headers["location"], headers=house.of("PF01"))
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        states.append((body["state"], body["rows_read"]))
        if body["state"] not in ("waiting", "judging"):
            assert states == sorted(states, key=lambda state: state[1])
            return body
        await asyncio.sleep(0.2)


async def test_a_large_file_is_taken_followed_and_counted_once(new_year: House) -> None:
    rows = 99_500
    content = cases(rows)
    assert len(content) > 5 * 1024 * 1024
    ended = await followed(new_year, content)
    assert (ended["state"], ended["rows_read"]) == ("done", rows)
    address = f"{ADDRESS}/{ended['submission']}"
    submission = (await new_year.http.get(address, headers=new_year.of("PF01"))).json()
    assert (submission["verdict"], submission["rows_accepted"], submission["size"]) == ("accepted", rows, len(content))
    kept = await new_year.http.get(f"{address}/file", headers=new_year.of("PF01"))
    assert kept.content == content
    [event] = await new_year.said("ingestion", "SubmissionAccepted")
    assert isinstance(event, SubmissionAccepted)
    assert (event.cases, event.lines) == (rows, ())
    parts = [one for one in await new_year.said("ingestion", "CasesReported") if isinstance(one, CasesReported)]
    assert [part.part for part in parts] == list(range(1, len(parts) + 1))
    assert max(len(part.rows) for part in parts) <= 1000
    assert sum(len(part.rows) for part in parts) == rows
    assert [part.cases for part in parts] == [None] * (len(parts) - 1) + [rows]
    assert dict(zip([column.name for column in CASES.columns], parts[0].rows[0], strict=True)) == {
        "organisme": "CIL01", "ressources_nettes_mensuelles": "1500.50", "personnes_foyer": 3, "revenus_foyer": 1,
        "age": 40, "csp": "5", "code_postal_depart": "75011", "code_postal_arrivee": "69003", "nature_mutation": "1",
        "entretien_famille": "O", **dict.fromkeys([column.name for column in CASES.columns][10:], "N"),
    }  # fmt: skip


async def test_a_large_file_that_names_somebody_leaves_nothing(new_year: House) -> None:
    secret = "jeanne.martin@example.org"
    ended = await followed(new_year, cases(99_500, ROW.replace("2A004", secret)), name="dossiers.csv")
    address = f"{ADDRESS}/{ended['submission']}"
    submission = (await new_year.http.get(address, headers=new_year.of("PF01"))).json()
    assert [error["code"] for error in submission["errors"]] == ["identifying_data"]
    assert submission["errors"][0]["value"] is None
    assert (await new_year.http.get(f"{address}/file", headers=new_year.of("PF01"))).status_code == 410
    tables = await new_year.rows(
        "ingestion", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'ingestion'"
    )
    for table in (row.table_name for row in tables):
        for text in (secret, secret.encode().hex()):
            query = f"SELECT count(*) AS n FROM {table} AS kept WHERE kept::text LIKE :text"
            [found] = await new_year.rows("ingestion", query, text=f"%{text}%")
            assert found.n == 0, table


async def test_another_platform_sees_nothing_of_it(new_year: House) -> None:
    taken = await send(new_year, cases(99_500), form="dossiers-mobilite", period="2005")
    address = taken.headers["location"]
    assert (await new_year.http.get(address, headers=new_year.of("PF02"))).status_code == 404
    while (await new_year.http.get(address, headers=new_year.of("PF01"))).json()["state"] != "done":
        await asyncio.sleep(0.2)


async def test_what_its_process_no_longer_notes_is_said_to_be_interrupted(house: House) -> None:
    [row] = await house.rows(
        "ingestion",
        """INSERT INTO underway (id, platform, form, period, file_name, size, state, moved_at)
        VALUES (gen_random_uuid(), 'PF01', 'f', '2005', 'a', 1, 'judging', now() - make_interval(secs => :secs))
        RETURNING id""",
        secs=SILENT_SECONDS + 1,
    )
    answer = await house.http.get(f"{ADDRESS}/underway/{row.id}", headers=house.of("PF01"))
    assert answer.json()["state"] == "interrupted"


async def test_a_request_that_comes_again_under_its_key_is_answered_as_before(house: House) -> None:
    keyed = {**house.of("PF01"), "Idempotency-Key": "envoi-1"}
    first = await send(house, wrong(2), headers=keyed)
    again = await send(house, wrong(2), headers=keyed)
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.json() == first.json()
    other = await send(house, wrong(3), headers=keyed)
    assert (other.status_code, other.json()["type"]) == (409, "urn:pilotage:key_reused")
    assert (await send(house, wrong(3), platform="PF01")).status_code == 422
    theirs = await send(
        house, assistance(1, "CIL05", "CIL06"), headers={**house.of("PF03"), "Idempotency-Key": "envoi-1"}
    )
    assert theirs.status_code == 201
    [kept] = await house.rows("ingestion", "SELECT count(*) AS n FROM submission")
    assert kept.n == 3


async def test_a_key_holds_after_a_later_version(house: House) -> None:
    keyed = {**house.of("PF01"), "Idempotency-Key": "k"}
    first = (await send(house, assistance(1), headers=keyed)).json()
    await accepted(house, assistance(2))
    again = await send(house, assistance(1), headers=keyed)
    assert (again.status_code, again.json()["id"], again.json()["version"]) == (200, first["id"], 1)


async def test_who_sends_too_much_at_once_is_told_when_to_come_again(house: House) -> None:
    with ExitStack() as held:
        for _ in range(AT_ONCE_PER_PLATFORM):
            held.enter_context(PRESSURE.take("PF01"))
        answer = await send(house, assistance())
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
        assert (await send(house, assistance(1, "CIL05", "CIL06"), platform="PF03")).status_code == 201
        for number in range(AT_ONCE - AT_ONCE_PER_PLATFORM):
            held.enter_context(PRESSURE.take(f"PF{10 + number}"))
        answer = await send(house, assistance(2, "CIL05", "CIL06"), platform="PF03")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    await accepted(house, assistance())


@pytest.mark.parametrize(("kind", "name"), [("text/csv", "a.csv"), ("application/json", "")])
async def test_a_raw_body_and_json_rows(house: House, kind: str, name: str) -> None:
    content = assistance()
    if kind == "application/json":
        columns = ("organisme", "diagnostics_prealables", "engagements_reciproques", "diagnostics_complementaires")
        lines = [dict(zip(columns, row.split(";"), strict=True)) for row in content.decode().split("\n")[1:-1]]
        answer = await house.http.post(
            ADDRESS, params={"form": FORM, "period": PERIOD}, json={"rows": lines}, headers=house.of("PF01")
        )
    else:
        headers = {**house.of("PF01"), "Content-Type": kind}
        params = {"form": FORM, "period": PERIOD, "file_name": name, "certified_by": "A. Dupont"}
        answer = await house.http.post(ADDRESS, params=params, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["file_name"] == (name or "sans nom")


async def test_an_annual_form_may_say_that_there_is_nothing(new_year: House) -> None:
    header = cases(0)
    answer = await send(new_year, header, form="dossiers-mobilite", period="2005")
    assert (answer.status_code, answer.json()["rows_accepted"]) == (201, 0)
    params = {"form": "partenariats", "period": "2005", "nil": "false"}
    answer = await new_year.http.post(ADDRESS, params=params, content=b"", headers=new_year.of("PF01"))
    assert [error["code"] for error in answer.json()["errors"]] == ["empty_file"]
    params["nil"] = "true"
    answer = await new_year.http.post(ADDRESS, params=params, content=b"", headers=new_year.of("PF01"))
    assert (answer.status_code, answer.json()["rows_accepted"]) == (201, 0)
