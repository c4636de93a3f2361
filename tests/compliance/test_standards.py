"""The standards say what the source text says: every word, every number, every citation, in its order."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.compliance.domain.standards import STANDARDS, NoSuchStandard, Standard, standard_of, standard_on
from services.compliance.domain.standards.difference import differences
from tests.shared.house import House

SOURCE = (Path(__file__).parent / "source" / "niveau-3.txt").read_text(encoding="utf-8")
_PAGE = re.compile(r"#+ .*Référentiel qualité du service CIL- PASS (assistance|mobilité)")
# What the text has only to be laid out: bullets, rules, bold, headings.
_LAYOUT = re.compile(r"\*\*|^\s*#+|^\s*- |^---$", re.MULTILINE)


def source_of(service: str) -> str:
    """The pages of one standard, without their headings."""
    kept, current = [], ""
    for line in SOURCE.splitlines():
        if found := _PAGE.match(line):
            current = found[1]
        elif current == service:
            kept.append(line)
    return "\n".join(kept)


TEXTS = {"assistance": source_of("assistance"), "mobilite": source_of("mobilité")}


def words(text: str) -> list[str]:
    """Runs of letters and digits: what layout, spaces and signs cannot change."""
    return re.findall(r"\w+", _LAYOUT.sub("", text))


def said(standard: Standard) -> str:
    """All that the standard says, in the order of the text."""
    parts: list[str] = []
    for section in standard.sections:
        parts += [section.number, section.title]
        for one in section.requirements:
            numbered = [one.number] if "-" in one.number else []
            parts += [*([one.introduced_by] if one.introduced_by else []), *numbered]
            parts += list(one.words)[bool(one.introduced_by) :]
    parts.append("Documents « support » :")
    for document in standard.documents:
        parts += [str(document.number), document.text, *document.points]
    parts.append(standard.evidence_title)
    for piece in standard.evidence:
        parts += [piece.code, piece.text]
    parts += ["ANNEXE", standard.annex.title]
    for duty in standard.annex.requirements:
        parts += duty.words
    return "\n".join(parts)


@pytest.mark.parametrize("service", TEXTS)
def test_every_word_of_the_text_is_there_in_its_order(service: str) -> None:
    assert words(said(standard_of(service, 1))) == words(TEXTS[service])


@pytest.mark.parametrize("service", TEXTS)
def test_the_numbers_are_those_of_the_text_in_their_order(service: str) -> None:
    body = TEXTS[service].partition("ANNEXE")[0]
    numbered = re.findall(r"^(?:- )?([1-6]-[0-9])\.", body, re.MULTILINE)
    standard = standard_of(service, 1)
    given = [one.number for one in standard.required_of("member")]
    assert [number for number in given if "-" in number] == numbered
    assert [number for number in given if "-" not in number] == ["3", "5", "6"]
    assert [section.number for section in standard.sections] == list("123456")


@pytest.mark.parametrize(("service", "letter", "last"), [("assistance", "A", 19), ("mobilite", "M", 20)])
def test_evidence_is_numbered_as_in_the_text(service: str, letter: str, last: int) -> None:
    standard = standard_of(service, 1)
    assert [one.code for one in standard.evidence] == [f"E{letter}{n}" for n in range(1, last + 1)]
    assert [one.number for one in standard.documents] == list(range(1, 8 if service == "assistance" else 9))


def citations(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """By an own reading of the text: what is cited between each number, or section, and the next."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if number := re.match(r"(?:- )?([1-6]-[0-9])\.|## ([1-6]) -", line):
            found.append((number[1] or number[2], []))
        for _, codes in found[-1:]:
            codes.extend(f"{kind}{n}" for kind, n in re.findall(r"(E[AM])\s?([0-9]+)", line))
    return [(number, tuple(dict.fromkeys(codes))) for number, codes in found]


@pytest.mark.parametrize("service", TEXTS)
def test_each_requirement_cites_the_evidence_that_the_text_cites(service: str) -> None:
    body = TEXTS[service].partition("**Documents « support »")[0].rstrip("- \n")
    expected = dict(citations(body))
    given = {one.number: one.evidence for one in standard_of(service, 1).required_of("member")}
    assert {number: codes for number, codes in expected.items() if codes} == {
        number: codes for number, codes in given.items() if codes
    }


def test_the_traps_of_the_text() -> None:
    mobilite, assistance = standard_of("mobilite", 1), standard_of("assistance", 1)
    assert [one.number for one in mobilite.citing("EM11")] == ["4-1", "4-2", "A-1"]
    assert mobilite.by_number["3"].evidence == ("EM6", "EM7", "EM8")
    assert {"EM14", "EM15"} <= set(mobilite.by_number["A-1"].evidence)
    assert assistance.by_number["5"].evidence == ("EA16",)
    assert [one.number for one in assistance.citing("EA19")] == ["A"]
    assert mobilite.documents[7].points[0].startswith("carte T")


def test_who_holds_what_in_mobilite() -> None:
    """« O » for the operator, « C » for the member; the text names nobody for EM20."""
    held = {one.code: "".join(one.holders) for one in standard_of("mobilite", 1).evidence}
    both = {"EM2", "EM3", "EM4", "EM5", "EM16"}
    assert held == {f"EM{n}": "C" if n == 1 else "CO" if f"EM{n}" in both else "O" for n in range(1, 20)} | {"EM20": ""}


def test_what_names_persons_is_seen_on_the_spot() -> None:
    seen = {one.code for standard in STANDARDS for one in standard.evidence if one.on_site}
    assert seen == {*(f"EA{n}" for n in range(9, 13)), *(f"EM{n}" for n in range(9, 16))}


def test_a_requirement_that_cites_something_else_than_its_words_is_refused() -> None:
    told = standard_of("assistance", 1).model_dump(mode="json")
    told["sections"][1]["requirements"][1]["evidence"] = ["EA7"]
    with pytest.raises(ValidationError, match="2-2: the text cites"):
        Standard.model_validate(told)


def newer(service: str = "assistance") -> Standard:
    """A second version: 2-3 is reworded, 4-4 removed, 1-5 becomes 1-6, and a new 1-5 cites EA1."""
    told: dict[str, Any] = standard_of(service, 1).model_dump(mode="json")
    told |= {"version": 2, "valid_from": "2008-01-01"}
    first = told["sections"][0]["requirements"]
    first[4] |= {"number": "1-6", "replaces": ["1-5"]}
    first.insert(4, {"number": "1-5", "page": 1, "text": "Il tient un plan (EA1).", "evidence": ["EA1"],
                     "replaces": ["none"]})  # fmt: skip
    told["sections"][1]["requirements"][2]["text"] += " Il en tient un registre."
    told["sections"][3]["requirements"].pop()
    return Standard.model_validate(told)


def test_what_differs_between_two_versions() -> None:
    old = standard_of("assistance", 1)
    assert differences(old, old) == []
    found = [(one.what, one.name) for one in differences(old, newer())]
    assert found == [("added", "1-5"), ("renumbered", "1-6"), ("reworded", "2-3"), ("removed", "4-4")]


def test_the_version_of_a_day() -> None:
    both = (standard_of("assistance", 1), newer())
    assert standard_on("assistance", date(2007, 12, 31), both).version == 1
    assert standard_on("assistance", date(2008, 1, 1), both).version == 2
    with pytest.raises(NoSuchStandard):
        standard_on("assistance", date(2005, 2, 15), both)


@pytest.mark.infra
async def test_standards_are_read_by_the_api_and_on_pages(house: House) -> None:
    await house.put_registry()
    await house.issue("PF01")
    listed = (await house.http.get("/api/v1/standards", headers=house.of("PF01"))).json()
    assert [(one["service"], one["version"]) for one in listed] == [("assistance", 1), ("mobilite", 1)]
    told = (await house.http.get("/api/v1/standards/mobilite/1", headers=house.of("PF01"))).json()
    assert Standard.model_validate(told) == standard_of("mobilite", 1)
    assert (await house.http.get("/api/v1/standards/mobilite/9", headers=house.of("PF01"))).status_code == 404
    for path in ("/referentiels", "/referentiels/assistance/1", "/referentiels/mobilite/1"):
        page = await house.http.get(path, headers={**house.admin, "Accept": "text/html"})
        assert page.status_code == 200, path


@pytest.mark.infra
async def test_two_versions_are_compared_on_a_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {1: standard_of("assistance", 1), 2: newer()}
    monkeypatch.setattr("services.compliance.web.audits.standards.find_standard", lambda _, version: versions[version])
    query = {"old": "1", "new": "2"}
    told = await house.http.get("/api/v1/standards/assistance/difference", params=query, headers=house.admin)
    assert [one["what"] for one in told.json()] == ["added", "renumbered", "reworded", "removed"]
    page = await house.http.get("/referentiels/assistance/difference", params=query, headers=house.admin)
    assert "Il en tient un registre." in page.text and "retiré" in page.text
