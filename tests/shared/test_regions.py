"""Régions by date: the reform of 1 January 2016, every département on every day."""

from datetime import date, timedelta

import pytest

from shared.regions import (
    DEPARTMENTS,
    NoRegionOnThatDay,
    Region,
    UnknownDepartment,
    department_name,
    region_on,
)

LAST_DAY_OF_THE_OLD_REGIONS = date(2015, 12, 31)
FIRST_DAY_OF_THE_NEW = date(2016, 1, 1)
MAYOTTE_BECOMES_A_DEPARTMENT = date(2011, 3, 31)


@pytest.mark.parametrize(
    ("department", "before", "after"),
    [
        ("14", Region("25", "Basse-Normandie"), Region("28", "Normandie")),
        ("67", Region("42", "Alsace"), Region("44", "Grand Est")),
        ("69", Region("82", "Rhône-Alpes"), Region("84", "Auvergne-Rhône-Alpes")),
        ("75", Region("11", "Île-de-France"), Region("11", "Île-de-France")),
    ],
)
def test_the_region_changes_with_the_reform(department: str, before: Region, after: Region) -> None:
    assert region_on(department, LAST_DAY_OF_THE_OLD_REGIONS) == before
    assert region_on(department, FIRST_DAY_OF_THE_NEW) == after


def test_the_same_code_can_name_two_regions() -> None:
    assert region_on("2A", date(2005, 3, 31)).code == region_on("2A", date(2024, 3, 31)).code == "94"
    assert region_on("971", date(2005, 3, 31)).code == "01"


def test_every_department_has_a_region_every_day() -> None:
    day = date(2002, 1, 1)
    while day <= date(2027, 12, 31):
        for department in DEPARTMENTS:
            if department != "976" or day >= MAYOTTE_BECOMES_A_DEPARTMENT:
                assert region_on(department, day).name
        day += timedelta(days=30)


@pytest.mark.parametrize("day", [LAST_DAY_OF_THE_OLD_REGIONS, FIRST_DAY_OF_THE_NEW, date(2005, 2, 16)])
def test_every_department_has_a_region_around_the_reform(day: date) -> None:
    covered = {department for department in DEPARTMENTS if department != "976" or day.year > 2011}
    assert all(region_on(department, day) for department in covered)


@pytest.mark.parametrize(("day", "count"), [(LAST_DAY_OF_THE_OLD_REGIONS, 27), (FIRST_DAY_OF_THE_NEW, 18)])
def test_number_of_regions(day: date, count: int) -> None:
    assert len({region_on(department, day) for department in DEPARTMENTS}) == count


def test_a_code_names_one_region_on_a_day() -> None:
    for day in (LAST_DAY_OF_THE_OLD_REGIONS, FIRST_DAY_OF_THE_NEW):
        regions = {region_on(department, day) for department in DEPARTMENTS}
        assert len({region.code for region in regions}) == len(regions)


def test_mayotte_before_it_became_a_department() -> None:
    assert region_on("976", MAYOTTE_BECOMES_A_DEPARTMENT).name == "Mayotte"
    with pytest.raises(NoRegionOnThatDay, match="2011-03-30"):
        region_on("976", MAYOTTE_BECOMES_A_DEPARTMENT - timedelta(days=1))


def test_unknown_department() -> None:
    for code in ("20", "99", "1", "2a", ""):
        with pytest.raises(UnknownDepartment):
            region_on(code, FIRST_DAY_OF_THE_NEW)
        with pytest.raises(UnknownDepartment):
            department_name(code)


def test_names_of_departments() -> None:
    assert len(DEPARTMENTS) == 101
    assert department_name("2A") == "Corse-du-Sud"
    assert department_name("35") == "Ille-et-Vilaine"
