"""What the domain's tests share: the golden networks, and a small file to spoil in one place."""

import csv
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from services.ingestion.domain import Asked, Judgement, judge
from shared.forms import FORMS
from shared.network import Network
from shared.settings import Settings
from tests.infrastructure import Servers, settings_for
from tests.shared.emptied import empty, one_database
from tests.shared.house import House, open_house

Judge = Callable[..., Judgement]
Row = dict[str, str]


@dataclass(frozen=True)
class Golden:
    """A network with its files, the order in which they were sent, and what is expected of them."""

    folder: Path
    network: Network

    def rows(self, name: str) -> list[Row]:
        with (self.folder / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def plan(self) -> list[Row]:
        return self.rows("plan.csv")

    def judge(self, row: Row) -> Judgement:
        sent = date.fromisoformat(row["sent"])
        asked = Asked(FORMS[row["form"]], row["period"], row["platform"], self.network, sent)
        return judge((self.folder / "submissions" / row["file"]).read_bytes(), asked)


@cache
def golden_network(name: str) -> Golden:
    folder = Path(__file__).parent.parent / "golden" / name
    text = (folder / "network.json").read_text(encoding="utf-8")
    return Golden(folder, Network.model_validate(json.loads(text)))


@pytest.fixture(params=["network-2005", "network-2015", "network-2016", "network-moves"])
def golden(request: pytest.FixtureRequest) -> Golden:
    return golden_network(request.param)


@pytest.fixture(scope="session")
def network() -> Network:
    return golden_network("network-2005").network


@pytest.fixture(scope="session")
def judge_file(network: Network) -> Judge:
    """Judge a file of PF01 for the second quarter of 2005, sent in time; anything can be said otherwise."""

    def judged(content: bytes | str, form: str = "assistance-trimestriel", **changes: object) -> Judgement:
        sending: dict[str, object] = {
            "period": "2005-T2",
            "platform": "PF01",
            "network": network,
            "today": date(2005, 7, 10),
            **changes,
        }
        raw = content.encode() if isinstance(content, str) else content
        return judge(raw, Asked(FORMS[form], **sending))  # type: ignore[arg-type]

    return judged


@pytest.fixture(scope="session")
async def lasting_database(servers: Servers, migrated: str) -> AsyncIterator[str]:
    async with one_database(servers, migrated) as url:
        yield url


@pytest.fixture
async def settings(servers: Servers, lasting_database: str) -> Settings:
    """All rooms on one database, emptied before each test."""
    await empty(lasting_database)
    return settings_for(servers, lasting_database, prefix=f"ingestion-{secrets.token_hex(4)}-")


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """On 5 April 2005 each platform of the small network has a token."""
    async with open_house(settings) as house:
        await house.put_registry()
        await house.issue("PF01", "PF02", "PF03")
        await house.begin(date(2005, 4, 5))
        await house.carry()
        yield house
