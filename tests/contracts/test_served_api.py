"""Whatever is sent to the API as it is served, the answer is one that its description declares, and never a 5xx."""

from collections.abc import AsyncIterator

import pytest

from services.cli.contracts.checked_in import current_documents
from shared.described import describe
from shared.settings import Settings
from shared.topics import ROOMS
from tests.shared.house import House, open_house
from tests.soak.schemas import Look, lived_in, look_as

pytestmark = pytest.mark.infra

# `make soak` looks longer, at everything, as both.
LOOKS = {"PF01": Look(examples=3, covers=False), "admin": Look(examples=1)}


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings, ROOMS) as house:
        yield house


# Its work queue is a thread pool's, and schemathesis warns of what it could not make up by itself.
@pytest.mark.filterwarnings("default")
async def test_nothing_is_answered_that_is_not_declared(house: House) -> None:
    names = await lived_in(house)
    assert all(names.values()), names
    for viewer, found in (await look_as(house, names, LOOKS)).items():
        assert found.failures == {}, f"{viewer}: {found}"
        assert len(found.operations) == len(operations(describe(house.app))) > 40


def operations(described: dict[str, object]) -> list[tuple[str, str]]:
    paths = described["paths"]
    assert isinstance(paths, dict)
    return [(method, path) for path, methods in paths.items() for method in methods]


async def test_a_405_names_every_method_of_the_path(house: House) -> None:
    answer = await house.http.put("/api/v1/submissions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_refusal_is_a_problem() -> None:
    """Described as such, with its title in French; none is FastAPI's own."""
    described = current_documents()["openapi.json"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
    assert "HTTPValidationError" not in described["components"]["schemas"]
