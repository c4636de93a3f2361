"""The archives: every edition given back, once, found by period and by words; the same for all."""

from datetime import date

import httpx
import pytest

from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.test_outbox_pages import Clients, clients

__all__ = ["clients"]

ADDRESS = "/api/v1/archives"


@pytest.fixture
async def readers(office: Office, clients: Clients) -> Clients:
    """After three issues; the fixture's own issued T-1."""
    later = facts.edition("T-9", "platform", complete=False).model_copy(update={"period": "2006-T3"})
    annual = facts.edition("A_1%", "region", edition=2).model_copy(update={"period": "2005", "form": facts.OTHER})
    for _ in range(2):
        await office.hear(*facts.issue(date(2005, 5, 9), (facts.edition("T-2", edition=2), annual)))
        await office.hear(*facts.issue(date(2006, 11, 1), (later,)))
    return clients


async def _numbers(client: httpx.AsyncClient, **asked: object) -> list[str]:
    answer = await client.get(ADDRESS, params={name: str(value) for name, value in asked.items()})
    return [one["number"] for one in answer.json()]


async def test_every_edition_is_there_once_the_newest_period_first(readers: Clients) -> None:
    for client in readers:
        assert await _numbers(client) == ["T-9", "A_1%", "T-2", "T-1"]
    [newest, *_] = (await readers[1].get(ADDRESS)).json()
    assert newest["files"]["pdf"] == "http://127.0.0.1:8000/api/v1/editions/T-9?format=pdf"
    assert (newest["period"], newest["by"], newest["complete"]) == ("2006-T3", "platform", False)
    assert newest["title"] == "CIL-PASS assistance par Plate-forme"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"year": 2005}, ["A_1%", "T-2", "T-1"]),
        ({"year": 2005, "quarter": 1}, ["T-2", "T-1"]),
        ({"quarter": 3}, ["T-9"]),
        ({"q": "MOBILITE region"}, ["A_1%"]),
        ({"q": "mobilité  RÉGION"}, ["A_1%"]),
        ({"q": "édition 20"}, []),
        ({"q": "T1 2005"}, ["T-2", "T-1"]),
        ({"q": "3e trimestre incomplet"}, ["T-9"]),
        ({"q": "2006-11-01"}, ["T-9"]),
        ({"q": "9 mai assistance"}, ["T-2"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "a_1%"}, ["A_1%"]),
        ({"q": "complet 2006"}, []),
        ({"q": "\\"}, []),
        ({"q": "rien de tel"}, []),
    ],
)
async def test_it_is_found_by_period_and_words(readers: Clients, asked: dict[str, object], expected: list[str]) -> None:
    assert await _numbers(readers[1], **asked) == expected


async def test_the_page_groups_by_period_and_links_the_files(readers: Clients) -> None:
    page = (await readers[1].get("/archives")).text
    assert page.index("3e trimestre 2006") < page.index("Année 2005") < page.index("1er trimestre 2005")
    for end in ("pdf", "xlsx", "csv", "json"):
        assert f'href="/api/v1/editions/T-9?format={end}"' in page
    assert 'href="/tableaux/editions/T-9"' in page
    narrowed = (await readers[1].get("/archives", params={"q": "<b>", "year": "2005", "quarter": ""})).text
    assert "Aucune édition ne correspond." in narrowed
    assert "«&nbsp;&lt;b&gt;&nbsp;»" in narrowed
    for wrong in ({"year": "x"}, {"quarter": "²"}, {"q": "a" * 201}):
        assert (await readers[1].get("/archives", params=wrong)).status_code == 422
    assert (await readers[0].get(ADDRESS, headers={"authorization": "no"})).status_code == 401
