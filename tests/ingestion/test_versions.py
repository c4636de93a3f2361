"""Versions of a submission: who sent which, what differs, what a correction would move, and what stands meanwhile."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.ingestion.tables.packing import unpacked
from shared.events import CasesReported
from shared.settings import Settings
from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, accepted, assistance, rejected, wrong
from tests.shared.house import House, open_house
from tests.shared.networks import small_network

pytestmark = pytest.mark.infra

HEADER = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires;commentaire\n"
CASE_FORM = "dossiers-mobilite"
CASE_HEADER = (
    "organisme;ressources_nettes_mensuelles;personnes_foyer;revenus_foyer;age;csp;code_postal_depart;"
    "code_postal_arrivee;nature_mutation;entretien_famille;recherche_accession;recherche_locatif;"
    "accompagnement_famille;mise_en_service;hors_charte;aide_mobili_pass;pret_relais_mobilite;autre_produit\n"
)


def lines(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def cases(*rows: tuple[str, int]) -> bytes:
    """Of each: the member and an age."""
    return (
        CASE_HEADER + "".join(f"{m};1500;3;1;{age};5;75011;69003;1;O;N;N;N;N;N;N;N;N\n" for m, age in rows)
    ).encode()


async def get(house: House, path: str, platform: str = "PF01", **params: Any) -> Any:
    answer = await house.http.get(f"{ADDRESS}{path}", params=params, headers=house.of(platform))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def preview(house: House, content: bytes, **more: Any) -> httpx.Response:
    headers = more.pop("headers", None) or house.of("PF01")
    params = {"form": FORM, "period": PERIOD, **more}
    return await house.http.post(f"{ADDRESS}/preview", params=params, content=content, headers=headers)


async def two_versions(house: House) -> tuple[str, str]:
    first = await accepted(house, lines("CIL01;1;2;3;", "CIL02;4;5;6;un mot", "CCI03;7;8;9;"))
    second = await accepted(house, lines("CCI03;7;8;9;", "CIL01;10;2;3;corrigé"))
    return first["id"], second["id"]


async def test_each_version_says_who_sent_it_when_and_by_which_door(house: House) -> None:
    first, second = await two_versions(house)
    await rejected(house, wrong(1))
    versions = await get(house, f"/{first}/versions")
    assert versions == await get(house, f"/{second}/versions")
    assert [(one["id"], one["version"], one["stands"], one["door"]) for one in versions] == [
        (second, 2, True, "http"),
        (first, 1, False, "http"),
    ]
    assert {one["sent_by"] for one in versions} == {"PF01 par essai"}
    assert [one["difference_url"] for one in versions] == [f"{ADDRESS}/{second}/difference", None]
    page = await house.http.get(f"/depots/{second}", headers={"Accept": "text/html", **house.of("PF01")})
    assert "version d’origine" in page.text
    assert f"/depots/{second}/difference" in page.text
    assert "PF01 par essai" in page.text


async def test_the_lines_of_a_version_are_kept_as_they_were_judged(house: House) -> None:
    first, second = await two_versions(house)
    kept = await get(house, f"/{first}/lines")
    assert (kept["total"], kept["next"]) == (3, None)
    assert kept["lines"][2] == {
        "line": 3,
        "member": "CIL02",
        "values": {
            "organisme": "CIL02", "departement": "2A", "diagnostics_prealables": 4, "engagements_reciproques": 5,
            "diagnostics_complementaires": 6, "commentaire": "un mot",
        },
    }  # fmt: skip
    assert [one["member"] for one in kept["lines"]] == ["CCI03", "CIL01", "CIL02"]
    assert (await get(house, f"/{second}/lines", member="CIL02"))["lines"] == []
    some = await get(house, f"/{first}/lines", first=2, many=1)
    assert [one["member"] for one in some["lines"]] == ["CIL01"]
    following = await house.http.get(some["next"], headers=house.of("PF01"))
    assert [one["member"] for one in following.json()["lines"]] == ["CIL02"]


async def test_pages_of_lines_follow_one_another_across_members(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    rows = [(("CIL01", "CIL02")[n % 2], 16 + n % 80) for n in range(2_500)]
    sent = await accepted(house, cases(*rows), form=CASE_FORM, period="2005")
    told, address = [], f"{ADDRESS}/{sent['id']}/lines?many=700"
    while address:
        page = (await house.http.get(address, headers=house.of("PF01"))).json()
        told += page["lines"]
        address = page["next"]
    wanted = sorted((member, n + 2, age) for n, (member, age) in enumerate(rows))
    assert [(one["member"], one["line"], one["values"]["age"]) for one in told] == wanted
    kept = await house.rows("ingestion", "SELECT member, n, many FROM filed_line_page ORDER BY member, n")
    assert [tuple(row) for row in kept] == [
        (m, n, many) for m in ("CIL01", "CIL02") for n, many in ((1, 1000), (2, 250))
    ]
    said = [event for event in await house.said("ingestion") if isinstance(event, CasesReported)]
    assert [len(part.rows) for part in said] == [1000, 1000, 500, 0]


async def test_a_difference_line_by_line(house: House) -> None:
    first, second = await two_versions(house)
    found = await get(house, f"/{second}/difference")
    assert (found["before"]["id"], found["after"]["id"], found["matched_by"]) == (first, second, ["organisme"])
    assert (found["before"]["stands"], found["after"]["stands"]) == (False, True)
    assert (found["added"], found["removed"], found["changed"], found["total"]) == (0, 1, 1, 2)
    changed, removed = found["changes"]
    assert (changed["kind"], changed["member"], changed["line_before"], changed["line_after"]) == (
        "changed",
        "CIL01",
        2,
        3,
    )
    assert changed["columns"] == ["diagnostics_prealables", "commentaire"]
    assert (changed["before"]["diagnostics_prealables"], changed["after"]["diagnostics_prealables"]) == (1, 10)
    assert (removed["kind"], removed["member"], removed["after"]) == ("removed", "CIL02", None)
    assert [one for one in found["members"] if one["member"] == "CCI03"] == [
        {"member": "CCI03", "before": 1, "after": 1, "added": 0, "removed": 0, "changed": 0}
    ]
    back = await get(house, f"/{first}/difference", **{"with": second})
    assert (back["added"], back["removed"], back["changed"]) == (1, 0, 1)
    origin = await get(house, f"/{first}/difference")
    assert (origin["before"], origin["added"]) == (None, 3)


async def test_a_difference_as_csv(house: House) -> None:
    _, second = await two_versions(house)
    answer = await house.http.get(f"{ADDRESS}/{second}/difference.csv", headers=house.of("PF01"))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["change"], row["side"], row["line"], row["changed_columns"]) for row in rows] == [
        ("changed", "before", "2", "diagnostics_prealables commentaire"),
        ("changed", "after", "3", "diagnostics_prealables commentaire"),
        ("removed", "before", "3", ""),
    ]
    french = await house.http.get(f"{ADDRESS}/{second}/difference.csv?lang=fr", headers=house.of("PF01"))
    read = list(csv.reader(io.StringIO(french.content.decode("utf-8-sig")), delimiter=";"))
    assert read[0][:4] == ["Changement", "Version", "Ligne", "Colonnes modifiées"]
    assert read[1][:4] == ["modifiée", "avant", "2", "Nb de diagnostics préalables, Commentaire"]


async def test_cases_are_compared_by_equality(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    more = {"form": CASE_FORM, "period": "2005"}
    first = await accepted(house, cases(("CIL01", 40), ("CIL01", 40), ("CIL02", 30)), **more)
    second = await accepted(house, cases(("CIL02", 30), ("CIL01", 40), ("CIL01", 41)), **more)
    found = await get(house, f"/{second['id']}/difference")
    assert (found["matched_by"], found["added"], found["removed"], found["changed"]) == ([], 1, 1, 0)
    assert [(one["kind"], (one["after"] or one["before"])["age"]) for one in found["changes"]] == [
        ("added", 41),
        ("removed", 40),
    ]
    page = await house.http.get(
        f"/depots/{second['id']}/difference", headers={"Accept": "text/html", **house.of("PF01")}
    )
    assert page.status_code == 200
    assert "Un dossier n’a pas de clé" in page.text
    assert first["version"] == 1


async def test_lines_accepted_before_they_were_kept_are_taken_over_from_what_was_said(house: House) -> None:
    await two_versions(house)
    header = "organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\n"
    await accepted(house, f"{header}CIL01;3;2;100,1\n".encode(), form=MOBILITE)
    await house.begin(date(2006, 1, 5))
    await house.carry()
    agreements = (
        "service;partenaire_nom;activite_principale;famille;formalise;date_signature;duree_validite_mois;objet\n"
    )
    rows = "assistance;Mairie;x;autres;O;31/03/2005;12;y\nassistance;État;x;autres;N;;;z\n"
    await accepted(house, (agreements + rows).encode(), form="partenariats", period="2005")

    async def kept() -> list[tuple[Any, ...]]:
        found = await house.rows("ingestion", "SELECT * FROM filed_line_page ORDER BY number, member, n")
        return [(*row[:-1], unpacked(row.body)) for row in found]

    before = await kept()
    migration = import_module("services.ingestion.migrations.versions.0007_filed_lines")
    async with house.rooms["ingestion"].database.transaction() as work:
        await work.execute("DELETE FROM filed_line_page")
        await (await work.session.connection()).run_sync(migration.take_over)
    assert await kept() == before
    assert len(before) == 7


async def test_what_cannot_be_compared(house: House) -> None:
    first, second = await two_versions(house)
    refused = await rejected(house, wrong(1))
    other = await accepted(house, assistance(1, "CIL05", "CIL06"), platform="PF03")
    for path, status in (
        (f"/{refused['id']}/difference", 422),
        (f"/{second}/difference?with={refused['id']}", 404),
        (f"/{second}/difference?with={other['id']}", 404),
        (f"/{second}/difference?with={uuid4()}", 404),
        (f"/{uuid4()}/difference", 404),
    ):
        for more in ("", ".csv") if "?" not in path else ("",):
            answer = await house.http.get(f"{ADDRESS}{path}{more}", headers=house.of("PF01"))
            assert answer.status_code == status, path
    for path in ("", "/versions", "/lines", "/difference", "/difference.csv"):
        for headers, status in ((house.of("PF03"), 404), (house.of("PF02"), 404), (house.admin, 200)):
            answer = await house.http.get(f"{ADDRESS}/{first}{path}", headers=headers)
            assert answer.status_code == status, path
    for asked, status in ((house.of("PF03"), 404), (house.admin, 200)):
        page = await house.http.get(f"/depots/{second}/difference", headers={"Accept": "text/html", **asked})
        assert page.status_code == status
    assert (await get(house, f"/{refused['id']}/lines"))["total"] == 0


async def test_the_standing_version_stands_until_the_new_one_is_accepted(house: House) -> None:
    first = await accepted(house, lines("CIL01;1;2;3;", "CIL02;4;5;6;"))

    async def standing() -> list[tuple[str, Any]]:
        listed = (await house.http.get("/api/v1/lines?standing=true", headers=house.of("PF01"))).json()
        return [(one["submission"], one["values"]["diagnostics_prealables"]) for one in listed["lines"]]

    held = [(first["id"], 1), (first["id"], 4)]
    await rejected(house, lines("CIL01;-1;2;3;", "CIL02;4;5;6;"))
    assert await standing() == held
    assert (await preview(house, lines("CIL01;9;2;3;"))).status_code == 200
    assert await standing() == held
    await rejected(house, lines("CIL01;9;2;3;", "CIL99;4;5;6;"))
    versions = await get(house, f"/{first['id']}/versions")
    assert [(one["id"], one["stands"]) for one in versions] == [(first["id"], True)]
    assert await standing() == held
    second = await accepted(house, lines("CIL01;9;2;3;"))
    assert await standing() == [(second["id"], 9)]


async def test_a_preview_says_what_would_change_and_keeps_nothing(house: House) -> None:
    await accepted(house, lines("CIL01;1;2;3;", "CIL02;4;5;6;un mot"))
    before = await house.rows("ingestion", "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM outbox)")
    told = (await preview(house, lines("CIL01;5;2;3;", "CIL02;4;5;6;un mot", "CCI03;0;1;0;"))).json()
    assert told["verdict"]["verdict"] == "accepted"
    assert (told["against"]["version"], told["is_standing"]) == (1, False)
    assert (told["difference"]["added"], told["difference"]["changed"], told["difference"]["removed"]) == (1, 1, 0)
    moved = {(m["level"], m["code"], m["measure"]): (Decimal(m["quarter"]), Decimal(m["ytd"])) for m in told["moves"]}
    four, one = Decimal(4), Decimal(1)
    assert moved == {
        ("member", "CIL01", "diagnostics_prealables"): (four, four),
        ("member", "CCI03", "engagements_reciproques"): (one, one),
        **{
            place: (gap, gap)
            for level, code in (("region", "53"), ("platform", "PF01"), ("national", "FR"))
            for place, gap in (
                ((level, code, "diagnostics_prealables"), four),
                ((level, code, "engagements_reciproques"), one),
            )
        },
    }
    assert {m["period"] for m in told["moves"]} == {PERIOD}
    assert before == await house.rows(
        "ingestion", "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM outbox)"
    )


async def test_a_preview_of_what_is_refused_the_same_or_the_first(house: House) -> None:
    first = (await preview(house, lines("CIL01;1;2;3;"))).json()
    assert (first["against"], first["difference"]["added"], len(first["moves"])) == (None, 1, 12)
    await accepted(house, lines("CIL01;1;2;3;"))
    same = (await preview(house, lines("CIL01;1;2;3;"))).json()
    assert (same["is_standing"], same["difference"]["total"], same["moves"]) == (True, 0, [])
    refused = (await preview(house, wrong(2))).json()
    assert (refused["verdict"]["error_count"], refused["against"]["version"]) == (3, 1)
    assert (refused["difference"], refused["moves"]) == (None, None)
    assert len(refused["verdict"]["findings"]) == 3


async def test_a_preview_of_an_annual_form_counts_per_member(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    more = {"form": CASE_FORM, "period": "2005"}
    await accepted(house, cases(("CIL01", 40), ("CIL02", 30)), **more)
    told = (await preview(house, cases(("CIL01", 40), ("CIL01", 50)), **more)).json()
    assert told["moves"] is None
    assert [
        (m["member"], m["before"], m["after"], m["added"], m["removed"]) for m in told["difference"]["members"]
    ] == [
        ("CIL01", 1, 2, 1, 0),
        ("CIL02", 1, 0, 0, 1),
    ]


async def test_whose_preview(house: House) -> None:
    content = lines("CIL01;1;2;3;")
    assert (await preview(house, content, headers=house.admin)).status_code == 422
    assert (await preview(house, content, headers=house.admin, platform="PF01")).status_code == 200
    assert (await preview(house, content, platform="PF02")).status_code == 403
    assert (await preview(house, content, headers={"x": "y"})).status_code == 401


async def test_the_page_shows_what_a_file_would_change(house: House) -> None:
    await accepted(house, lines("CIL01;1;2;3;", "CIL02;4;5;6;"))

    async def looked_at(content: bytes, **fields: str) -> httpx.Response:
        return await house.http.post(
            "/depots/apercu",
            data={"form": FORM, "period": PERIOD, **fields},
            files={"file": ("a.csv", content)},
            headers={"Accept": "text/html", **house.of("PF01")},
        )

    page = await looked_at(lines("CIL01;1001;2;3;"))
    assert page.status_code == 200
    for told in ("+1\u202f000", "Rien n’a été déposé", "modifiée", "retirée", "Par région", "version 1"):
        assert told in page.text, told
    refused = await looked_at(wrong(3))
    assert "5 erreurs sont à corriger" in refused.text
    assert "la version 1 reste en vigueur" in refused.text
    assert (await house.rows("ingestion", "SELECT count(*) AS n FROM submission"))[0].n == 1
    back = await house.http.get("/depots/apercu", headers={"Accept": "text/html", **house.of("PF01")})
    assert (back.status_code, back.headers["location"]) == (303, "/depots")


@pytest.fixture
async def counting(settings: Settings) -> AsyncIterator[House]:
    """With the room that keeps the totals."""
    async with open_house(settings, ("compliance", "ingestion", "aggregation")) as house:
        moved = small_network()
        moved["members"][0]["departments"] = [{"department": "75", "from": "2003-01-01", "to": "2005-05-31"}]
        await house.put_registry(moved)
        await house.issue("PF01", "PF03")
        await house.begin(date(2005, 4, 5))
        await house.carry()
        yield house


async def totals(house: House, form: str) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    answer = await house.http.get("/api/v1/tables", params={"year": 2005, "format": "csv"}, headers=house.admin)
    assert answer.status_code == 200, answer.text
    return {
        (row["period"], row["level"], row["code"], row["measure"]): (Decimal(row["quarter"]), Decimal(row["ytd"]))
        for row in csv.DictReader(io.StringIO(answer.text))
        if row["form"] == form
    }


async def test_the_totals_move_as_was_said(counting: House) -> None:
    """Corrections of the first quarter when two more have been reported: every table of the year, to the cent."""
    house = counting
    header = "organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\n"

    def mobilite(*rows: str) -> bytes:
        return (header + "".join(f"{row}\n" for row in rows)).encode()

    more: dict[str, Any] = {"form": MOBILITE}
    await accepted(house, mobilite("CIL01;3;2;100,10", "CIL02;1;1;50"), **more)
    await accepted(house, mobilite("CIL05;4;4;4,04"), platform="PF03", **more)
    await house.begin(date(2005, 10, 5))
    await house.carry()
    await accepted(house, mobilite("CIL01;1;1;10,10"), period="2005-T2", **more)
    await accepted(house, mobilite("CIL05;1;1;1"), period="2005-T3", platform="PF03", **more)
    await house.carry()
    for content, period in (
        (mobilite("CIL01;5;1;0,05"), "2005-T1"),
        (mobilite("CIL01;7;1;1,05", "CIL02;2;0;3"), "2005-T2"),
        (mobilite("CIL02;2;2;2,22"), "2005-T3"),
        (mobilite("CIL02;0;0;0"), "2005-T3"),
    ):
        before = await totals(house, MOBILITE)
        told = (await preview(house, content, form=MOBILITE, period=period)).json()["moves"]
        assert told
        await accepted(house, content, period=period, **more)
        await house.carry()
        after = await totals(house, MOBILITE)
        zero = (Decimal(0), Decimal(0))
        gaps = {}
        for key in {*before, *after}:
            was, now = before.get(key, zero), after.get(key, zero)
            if was != now:
                gaps[key] = (now[0] - was[0], now[1] - was[1])
        moves = {
            (m["period"], m["level"], m["code"], m["measure"]): (Decimal(m["quarter"]), Decimal(m["ytd"])) for m in told
        }
        assert moves == gaps
