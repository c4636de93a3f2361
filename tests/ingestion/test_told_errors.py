"""What the event of a refused file tells of its errors: all that the verdict does, but nothing of a person."""

from datetime import date
from typing import Any

import pytest

from shared.events import SubmissionRejected
from tests.ingestion.sendings import rejected
from tests.ingestion.test_purge import CASE_FORM, cases
from tests.shared.house import House

pytestmark = pytest.mark.infra

_HEADER = b"organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\n"


async def told(house: House) -> list[dict[str, Any]]:
    [event] = await house.said("ingestion", "SubmissionRejected")
    assert isinstance(event, SubmissionRejected)
    return [error.model_dump() for error in event.errors]


async def test_a_case_files_values_are_not_told(house: House) -> None:
    """The topic keeps what is said for ever, a mail is kept by whoever gets it; a case is kept for two years."""
    await house.begin(date(2006, 1, 10))
    await house.carry()
    body = await rejected(house, cases(1, postcode="zz999"), form=CASE_FORM, period="2005")
    [shown] = body["errors"]
    assert (shown["code"], shown["value"]) == ("bad_postcode", "zz999")
    assert await told(house) == [{**shown, "value": None}]
    assert await house.rows("ingestion", "SELECT 1 FROM outbox WHERE body LIKE '%zz999%'") == []


async def test_what_names_a_person_is_not_told_whatever_the_form(house: House) -> None:
    body = await rejected(house, _HEADER + b"jean.dupont@exemple.fr;1;1;1\nCIL01;+33 6 12 34 56 78;x;1\n")
    found = await told(house)
    assert [error["value"] for error in found] == [None, None, "x"]
    assert [error["value"] for error in body["errors"]] == ["jean.dupont@exemple.fr", "+33 6 12 34 56 78", "x"]
    assert await house.rows("ingestion", "SELECT 1 FROM outbox WHERE body LIKE '%dupont%'") == []
