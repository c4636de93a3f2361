"""The page's door without a browser: what is not said is told by the file or asked for; refused rows are shown."""

import asyncio
import re
from datetime import date
from typing import Any

import httpx
import pytest

from services.ingestion.tables.underway import SILENT_SECONDS
from shared.forms import FORMS
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, assistance, rejected, wrong
from tests.ingestion.test_large_files import ROW, cases
from tests.shared.house import House

pytestmark = pytest.mark.infra

PAGE = {"Accept": "text/html"}
MOBILITE = "organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht"


async def post(
    house: House, content: bytes, name: str = "a.csv", path: str = "/depots", platform: str = "PF01", **fields: str
) -> httpx.Response:
    headers = house.of(platform) | PAGE
    return await house.http.post(path, data=fields, files={"file": (name, content)}, headers=headers)


async def shown(house: House, path: str, headers: dict[str, str] | None = None) -> str:
    answer = await house.http.get(path, headers=(headers or house.of("PF01")) | PAGE)
    assert answer.status_code == 200
    return answer.text


async def submitted(house: House, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].removeprefix("/depots/")
    body: dict[str, Any] = (await house.http.get(f"{ADDRESS}/{number}", headers=house.of("PF01"))).json()
    return body


async def test_what_was_not_chosen_is_told_by_the_file(house: House) -> None:
    sent = await submitted(house, await post(house, assistance(), certified_by="Zoé"))
    assert (sent["form"], sent["period"], sent["verdict"], sent["certified_by"]) == (FORM, PERIOD, "accepted", "Zoé")
    assert sent["door"] == "page"


async def test_what_was_chosen_by_hand_is_never_overridden(house: House) -> None:
    content = f"{MOBILITE}\nCIL01;1;1;2\n".encode()
    sent = await submitted(house, await post(house, content, form=FORM, period="2005-T4", certified_by="Zoé"))
    assert (sent["form"], sent["period"]) == (FORM, "2005-T4")


@pytest.mark.parametrize(
    ("content", "fields", "asked"),
    [
        (b"a;b\n1;2\n", {"certified_by": "Zoé d’Été"}, "form"),
        (assistance(), {"form": "satisfaction", "certified_by": "Zoé d’Été"}, "period"),
        (assistance(), {"form": FORM, "period": PERIOD, "certified_by": " "}, "certified_by"),
        (b"a;b\n1;2\n", {"certified_by": ""}, "form certified_by"),
    ],
)
async def test_what_nothing_tells_is_asked_for_and_what_was_typed_stays(
    house: House, content: bytes, fields: dict[str, str], asked: str
) -> None:
    answer = await post(house, content, **fields)
    assert answer.status_code == 422
    assert re.findall(r'<(?:select|input)[^>]*id="(\w+)"[^>]*aria-invalid="true"', answer.text) == asked.split()
    assert re.findall(r'<li><a href="#(\w+)">', answer.text) == asked.split()
    chosen = re.findall(r'<option value="([^"]+)" selected>', answer.text)
    assert chosen == [fields[name] for name in ("form", "period") if name in fields]
    assert f'value="{fields["certified_by"].strip()}"' in answer.text
    [kept] = await house.rows("ingestion", "SELECT count(*) AS n FROM submission")
    assert kept.n == 0


async def test_the_script_is_told_what_the_file_is_and_why(house: House) -> None:
    answer = await post(house, f"{MOBILITE}\n".encode(), "bilan T1 2005.csv", "/depots/reconnaitre")
    told = answer.json()
    assert (told["form"], told["period"]) == ("mobilite-trimestriel", "2005-T1")
    assert told["form_why"].startswith("Formulaire reconnu d’après ses colonnes\u00a0:")
    assert told["period_why"] == "Période reconnue d’après le nom du fichier\u00a0: 1er trimestre 2005."
    by_hand = (await post(house, b"", "T1 2005.csv", "/depots/reconnaitre", form=FORM)).json()
    assert (by_hand["form"], by_hand["period"], by_hand["form_why"]) == (FORM, "2005-T1", "")


async def test_only_a_platform_has_its_files_recognised(house: House) -> None:
    files = {"file": ("a.csv", b"")}
    for path in ("/depots", "/depots/reconnaitre"):
        assert (await house.http.post(path, files=files)).status_code == 401
        assert (await house.http.post(path, files=files, headers=house.admin)).status_code == 403


async def test_a_template_is_asked_for_where_nothing_was_chosen(house: House) -> None:
    async def led_to(query: str) -> str:
        return str((await house.http.get(f"/depots/modele?{query}", headers=house.of("PF01"))).headers["location"])

    assert await led_to("form=&period=&format=xlsx") == "/formulaires"
    assert await led_to(f"form={FORM}&period=") == f"/formulaires/{FORM}"
    assert await led_to(f"form={FORM}&period={PERIOD}") == f"/api/v1/forms/{FORM}/template?period={PERIOD}&format=xlsx"


async def test_a_large_file_is_followed_on_its_page_to_its_verdict(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    content = cases(99_500, ROW.replace("2A004", "x"))
    answer = await post(house, content, form="dossiers-mobilite", period="2005", certified_by="Zoé")
    waiting = answer.headers["location"]
    assert (answer.status_code, waiting.rpartition("/")[0]) == (303, "/depots/en-cours")
    page = await house.http.get(waiting, headers=house.of("PF01") | PAGE)
    assert page.status_code == 200 and 'http-equiv="refresh"' in page.text and "data-refresh" in page.text
    assert (await house.http.get(waiting, headers=house.of("PF02") | PAGE)).status_code == 404
    while (ended := await house.http.get(waiting, headers=house.of("PF01") | PAGE)).status_code == 200:
        await asyncio.sleep(0.2)
    sent = await submitted(house, ended)
    assert (sent["verdict"], sent["door"], sent["certified_by"]) == ("rejected", "page", "Zoé")
    verdict = await shown(house, ended.headers["location"])
    assert [row for row, _ in preview_in(verdict)] == ["l1", "l2", "l3", "l4"]
    assert "Une ligne en erreur est trop loin dans ce grand fichier" in verdict


@pytest.mark.parametrize(("state", "said"), [("interrupted", "a été interrompue"), ("failed", "a échoué")])
async def test_a_reading_that_ended_badly_is_said_and_no_longer_waited_for(house: House, state: str, said: str) -> None:
    [row] = await house.rows(
        "ingestion",
        """INSERT INTO underway (id, platform, form, period, file_name, size, state, moved_at)
        VALUES (gen_random_uuid(), 'PF01', 'f', '2005', 'a', 1, :state, now() - make_interval(secs => :secs))
        RETURNING id""",
        state="judging" if state == "interrupted" else state,
        secs=SILENT_SECONDS + 1,
    )
    page = await shown(house, f"/depots/en-cours/{row.id}")
    assert said in page and "Rien n’a été enregistré" in page and "refresh" not in page


def preview_in(page: str) -> list[tuple[str, list[str]]]:
    """The rows shown, by their anchor, each with the numbers of the errors that its cells lead to."""
    table = page[page.index('id="apercu"') : page.index('<h2 id="erreurs">')]
    rows = re.findall(r'<tr id="(l\d+)".*?</tr>', table, re.DOTALL)
    return [
        (row, re.findall(r'href="#(e\d+)"', next(iter(re.findall(rf'<tr id="{row}".*?</tr>', table, re.DOTALL)))))
        for row in rows
    ]


async def test_refused_rows_are_shown_with_their_errors_led_to_both_ways(house: House) -> None:
    header = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires;commentaire"
    rows = ["CIL01;1;1;1;", "", "CIL02;1;1;1;", "CIL01;-2;deux;0;<b>gras</b>", "CCI03;1;1;1;", "CIL99;1;1"]
    content = "\n".join([header, *rows]).encode()
    submission = await rejected(house, content)
    page = await shown(house, f"/depots/{submission['id']}")
    assert preview_in(page) == [("l1", []), ("l2", []), ("l4", []), ("l5", ["e1", "e2", "e3"]), ("l7", ["e4"])]
    numbers = re.findall(r'<tr id="(e\d+)"[^>]*>\s*<th[^>]*><a href="#(l\d+)">', page)
    assert numbers == [("e1", "l5"), ("e2", "l5"), ("e3", "l5"), ("e4", "l7")]
    assert "&lt;b&gt;gras&lt;/b&gt;" in page and "<b>gras" not in page


async def test_rows_are_shown_page_by_page_with_their_errors(house: House) -> None:
    submission = await rejected(house, wrong(450))
    path = f"/depots/{submission['id']}"
    rows: list[tuple[str, list[str]]] = []
    for page in range(1, 6):
        header, *shown_rows = preview_in(await shown(house, f"{path}?page={page}"))
        assert header == ("l1", [])
        assert sum(len(numbers) for _, numbers in shown_rows) == (200 if page < 5 else 99)
        rows += shown_rows
    places = [(row, number) for row, numbers in rows for number in numbers]
    # The first row has one error, each other two.
    assert places == [(f"l{n // 2 + 2}", f"e{n}") for n in range(1, 900)]


async def test_a_faulty_header_is_marked(house: House) -> None:
    submission = await rejected(house, b"organisme;Organisme;inconnue\nCIL01;a;b\n")
    page = await shown(house, f"/depots/{submission['id']}")
    (_, numbers), *rows = preview_in(page)
    codes = [error["code"] for error in submission["errors"]]
    assert [codes[int(number[1:]) - 1] for number in numbers] == ["duplicate_column", "unknown_column"]
    assert rows == [("l2", [])]


async def test_what_may_name_somebody_is_not_shown_and_said_so(house: House) -> None:
    form = FORMS["dossiers-mobilite"]
    header = ";".join(column.name for column in form.columns)
    content = f"{header}\n{ROW.replace('2A004', 'jeanne@example.org')}\n".encode()
    await house.begin(date(2006, 1, 5))
    await house.carry()
    submission = await rejected(house, content, form=form.code, period="2005")
    page = await shown(house, f"/depots/{submission['id']}")
    assert "ses octets ne sont pas gardés" in page and "jeanne" not in page


@pytest.mark.parametrize("content", [b"\x00", b"PK\x03\x04 broken", b'{"rows": 3}', b'a;"b\n1;2', b""])
async def test_what_cannot_be_read_is_said_not_to_be_shown(house: House, content: bytes) -> None:
    submission = await rejected(house, content)
    page = await shown(house, f"/depots/{submission['id']}")
    assert "rien n’a pu en être lu" in page or 'id="l1"' in page


async def test_the_smallest_group_is_told_to_uesl_alone(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    for many, said in ((3, "au moins 3 dossiers"), (1, "seul à porter sa combinaison")):
        answer = await post(house, cases(many), form="dossiers-mobilite", period="2005", certified_by="Zoé")
        path = answer.headers["location"]
        assert (await submitted(house, answer))["smallest_group"] is None
        assert "petit groupe" not in await shown(house, path)
        seen = await shown(house, path, house.admin)
        assert f"Plus petit groupe : {many}" in seen and said in seen
        api = f"{ADDRESS}/{path.rpartition('/')[2]}"
        assert (await house.http.get(api, headers=house.admin)).json()["smallest_group"] == many
    listed = (await house.http.get(ADDRESS, headers=house.admin)).json()["submissions"]
    assert [one["smallest_group"] for one in listed] == [1, 3]
    own = (await house.http.get(ADDRESS, headers=house.of("PF01"))).json()["submissions"]
    assert {one["smallest_group"] for one in own} == {None}
