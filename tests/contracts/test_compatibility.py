"""Additions are told from ruptures, in the fields, in their types, and in what they hold."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from services.cli.contracts.compatibility import Change, changes

Fields = dict[str, Any]


class Inner(BaseModel):
    code: str


class InnerWithMore(BaseModel):
    code: str
    label: str | None = None


class InnerWithLess(BaseModel):
    label: str | None = None


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str


class ClosedWithMore(Closed):
    label: str | None = None


class Nested(BaseModel):
    inside: "Nested | None" = None


def told(old: Any, new: Any) -> list[Change]:
    """What changes when a field of one event passes from a type to another; no field where None."""
    return changes(_schema(old), _schema(new))


def _schema(field: Any, *, name: str = "field") -> dict[str, Any]:
    fields: Fields = {"platform": (str, ...)} | ({} if field is None else {name: field})
    return create_model("Thing", **fields).model_json_schema(mode="serialization")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param((str, ...), None, id="removed"),
        pytest.param((str, "x"), None, id="optional field removed"),
        pytest.param(None, (str, ...), id="required field added"),
        pytest.param((str, "x"), (str, ...), id="newly required"),
        pytest.param((str, "x"), (str, "y"), id="other default"),
        pytest.param((str, ...), (int, ...), id="retyped"),
        pytest.param((str, ...), (str | None, ...), id="may be null"),
        pytest.param((str | None, ...), (str, ...), id="may no longer be null"),
        pytest.param((str, ...), (list[str], ...), id="several"),
        pytest.param((list[str], ...), (list[int], ...), id="items retyped"),
        pytest.param((dict[str, str], ...), (dict[str, int], ...), id="values of a map retyped"),
        pytest.param((Literal["a", "b"], ...), (Literal["a"], ...), id="enum narrowed to one"),
        pytest.param((Literal["a", "b", "c"], ...), (Literal["a", "b", "d"], ...), id="enum value renamed"),
        pytest.param((str, ...), (Literal["a", "b"], ...), id="enum from free text"),
        pytest.param((int, ...), (int, Field(ge=1)), id="bounded"),
        pytest.param((int, Field(ge=1)), (int, Field(ge=2)), id="lower bound raised"),
        pytest.param((int, Field(le=9)), (int, Field(le=8)), id="upper bound lowered"),
        pytest.param((str, ...), (str, Field(pattern="^a")), id="pattern"),
        pytest.param((Inner, ...), (InnerWithLess, ...), id="inner field removed"),
        pytest.param((tuple[Inner, ...], ...), (tuple[InnerWithLess, ...], ...), id="inner field of a list removed"),
        pytest.param((Inner | None, None), (InnerWithLess | None, None), id="inner field of an optional removed"),
        pytest.param((Closed, ...), (ClosedWithMore, ...), id="added to a closed object"),
        pytest.param((Inner, ...), (Closed, ...), id="closed"),
    ],
)
def test_a_rupture_is_told(old: Any, new: Any) -> None:
    assert any(change.breaking for change in told(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(None, (str, "x"), id="optional field added"),
        pytest.param(None, (tuple[Inner, ...], ()), id="optional list added"),
        pytest.param((str, ...), (str, "x"), id="no longer required"),
        pytest.param((Literal["a"], ...), (Literal["a", "b"], ...), id="enum widened"),
        pytest.param((Literal["a", "b"], ...), (str, ...), id="enum freed"),
        pytest.param((int, Field(ge=2)), (int, Field(ge=1)), id="lower bound lowered"),
        pytest.param((int, Field(le=8)), (int, ...), id="upper bound dropped"),
        pytest.param((Inner, ...), (InnerWithMore, ...), id="inner field added"),
        pytest.param((tuple[Inner, ...], ...), (tuple[InnerWithMore, ...], ...), id="inner field of a list added"),
        pytest.param((Closed, ...), (Inner, ...), id="opened"),
        pytest.param((str, Field(description="a")), (str, Field(description="b")), id="described otherwise"),
    ],
)
def test_an_addition_is_told_and_is_no_rupture(old: Any, new: Any) -> None:
    found = told(old, new)
    assert found
    assert not any(change.breaking for change in found)


@pytest.mark.parametrize(
    "field", [(str, ...), (Inner, ...), (Nested, ...), (Literal["a", "b"], "a"), (int | None, None)]
)
def test_the_same_differs_in_nothing(field: Any) -> None:
    assert told(field, field) == []


def test_a_renamed_field_is_one_gone_and_one_come() -> None:
    found = changes(_schema((str, ...)), _schema((str, ...), name="renamed"))
    assert {(change.where, change.breaking) for change in found} == {("field", True), ("renamed", True)}


def test_the_place_is_told() -> None:
    (change,) = told((tuple[Inner, ...], ...), (tuple[InnerWithMore, ...], ...))
    assert (change.where, change.what) == ("field[].label", "champ ajouté")
