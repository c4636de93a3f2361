"""The standards as data: what members and platforms have undertaken to keep, word for word, in versions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.network import Service

Audited = Literal["member", "platform"]
Holder = Literal["C", "O"]

_CITED = re.compile(r"\bE[AM] ?[0-9]+")


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Described):
    """An item of a list, with the items under it."""

    text: str
    points: tuple["str | Point", ...] = ()


class Requirement(_Described):
    """What must be kept, and the evidence it cites, in the order of the text.

    introduced_by: what the text says before it; replaces: its numbers in the version before, where they are others.
    """

    number: str
    page: int
    introduced_by: str = ""
    text: str
    points: tuple[str | Point, ...] = ()
    evidence: tuple[str, ...]
    replaces: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _cites_what_its_words_cite(self) -> Self:
        cited = tuple(dict.fromkeys(_CITED.findall(" ".join(self.words).replace("EM ", "EM").replace("EA ", "EA"))))
        if cited != self.evidence:
            raise ValueError(f"{self.number}: the text cites {cited}")
        return self

    @property
    def words(self) -> Iterator[str]:
        """All its text, in order."""
        yield from filter(None, (self.introduced_by, self.text))
        yield from _words(self.points)

    @property
    def came_from(self) -> tuple[str, ...]:
        return self.replaces or (self.number,)


def _words(points: Sequence[str | Point]) -> Iterator[str]:
    for point in points:
        if isinstance(point, str):
            yield point
        else:
            yield point.text
            yield from _words(point.points)


class Section(_Described):
    """A numbered part of the standard; what stands in it under no number is a requirement of its own number."""

    number: str
    title: str
    requirements: tuple[Requirement, ...]


class Annex(_Described):
    """The duties of platforms. The text gives them no numbers: A, A-1 … are ours."""

    title: str
    page: int
    requirements: tuple[Requirement, ...]


class SupportingDocument(_Described):
    """A document that must be there, beside the evidence."""

    number: int
    text: str
    page: int
    points: tuple[str, ...] = ()


class Evidence(_Described):
    """A record that proves. holders: C the member, O the operator; on_site: of single cases, it names persons."""

    code: str
    text: str
    page: int
    holders: tuple[Holder, ...] = ()
    on_site: bool = False


class Standard(_Described):
    """One version of a service's standard."""

    service: Service
    version: int = Field(ge=1)
    title: str
    valid_from: date
    valid_to: date | None = None
    source: str
    sections: tuple[Section, ...]
    documents: tuple[SupportingDocument, ...]
    evidence_title: str
    evidence: tuple[Evidence, ...]
    annex: Annex

    @model_validator(mode="after")
    def _cites_what_exists(self) -> Self:
        codes = [one.code for one in self.evidence]
        numbers = [one.number for one in self.requirements]
        if len(set(codes)) < len(codes) or len(set(numbers)) < len(numbers):
            raise ValueError("a number is given twice")
        if strange := {code for one in self.requirements for code in one.evidence} - set(codes):
            raise ValueError(f"no such evidence: {', '.join(sorted(strange))}")
        return self

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """All, those of platforms last."""
        return (*(one for section in self.sections for one in section.requirements), *self.annex.requirements)

    def required_of(self, audited: Audited) -> tuple[Requirement, ...]:
        """A member keeps the sections, a platform the annex."""
        if audited == "platform":
            return self.annex.requirements
        return tuple(one for section in self.sections for one in section.requirements)

    @cached_property
    def by_number(self) -> Mapping[str, Requirement]:
        return {one.number: one for one in self.requirements}

    @cached_property
    def by_code(self) -> Mapping[str, Evidence]:
        return {one.code: one for one in self.evidence}

    def citing(self, code: str) -> tuple[Requirement, ...]:
        """The requirements that a piece of evidence serves."""
        return tuple(one for one in self.requirements if code in one.evidence)

    def place_of(self, number: str) -> str:
        """Where the text says it, for a French reader."""
        return f"{self.title}, {number}, p. {self.by_number[number].page}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class NoSuchStandard(LookupError):
    """No version of that service's standard has that number, or held on that day."""


@cache
def _load() -> tuple[Standard, ...]:
    folder = files("services.compliance.domain.standards")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    read = [Standard.model_validate(yaml.safe_load(entry.read_text(encoding="utf-8"))) for entry in found]
    return tuple(sorted(read, key=lambda one: (one.service, one.version)))


STANDARDS: tuple[Standard, ...] = _load()


def versions_of(service: str, standards: Sequence[Standard] = STANDARDS) -> tuple[Standard, ...]:
    return tuple(one for one in standards if one.service == service)


def standard_of(service: str, version: int, standards: Sequence[Standard] = STANDARDS) -> Standard:
    """Raises NoSuchStandard."""
    found = next((one for one in standards if (one.service, one.version) == (service, version)), None)
    if found is None:
        raise NoSuchStandard(f"{service} {version}")
    return found


def standard_on(service: str, day: date, standards: Sequence[Standard] = STANDARDS) -> Standard:
    """The version that holds on a day; of two, the newer. Raises NoSuchStandard."""
    held = [one for one in versions_of(service, standards) if one.holds_on(day)]
    if not held:
        raise NoSuchStandard(f"{service} {day}")
    return held[-1]
