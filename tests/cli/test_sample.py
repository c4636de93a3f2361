"""The sample network: judged as its plan says, whatever the seed and the size."""

import csv
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.cli.recomputation import KeptFile, recompute
from services.cli.sample import write_sample
from services.ingestion.domain import Asked, Judgement, judge
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period

Row = dict[str, str]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Sample:
    """A sample read back from its folder."""

    folder: Path
    network: Network
    rows: list[Row]

    def content(self, row: Row) -> bytes:
        return (self.folder / "submissions" / row["file"]).read_bytes()

    def judged(self, row: Row) -> Judgement:
        sent = date.fromisoformat(row["sent"])
        return judge(self.content(row), Asked(FORMS[row["form"]], row["period"], row["platform"], self.network, sent))


def read_sample(folder: Path) -> Sample:
    with (folder / "plan.csv").open(encoding="utf-8", newline="") as plan:
        rows = list(csv.DictReader(plan))
    return Sample(folder, Network.model_validate_json((folder / "network.json").read_bytes()), rows)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    return read_sample(folder)


def verify_plan(sample: Sample) -> None:
    """Every file judged, the bytes that stand compared first."""
    standing: dict[Key, bytes] = {}
    for row in sample.rows:
        key, content = (row["platform"], row["form"], row["period"]), sample.content(row)
        if standing.get(key) == content:
            verdict, codes = "same", ""
        else:
            judgement = sample.judged(row)
            verdict, codes = judgement.verdict, "|".join(judgement.codes)
        assert (verdict, codes) == (row["expect"], row["errors"]), row
        if verdict == "accepted":
            standing[key] = content


def test_every_file_is_judged_as_planned(sample: Sample) -> None:
    verify_plan(sample)


@pytest.mark.parametrize(
    ("seed", "members", "platforms", "years", "first_year"),
    [(1, 1, 1, 1, 2024), (2, 7, 3, 1, 2010), (3, 40, 5, 2, 2015), (4, 90, 10, 1, 2030), (5, 3, 6, 2, 2004)],
)
def test_other_seeds_and_sizes(
    tmp_path: Path, seed: int, members: int, platforms: int, years: int, first_year: int
) -> None:
    write_sample(tmp_path, seed, members, platforms, years, first_year)
    sample = read_sample(tmp_path)
    assert (len(sample.network.members), len(sample.network.platforms)) == (members, platforms)
    verify_network(sample.network, first_year, years)
    verify_plan(sample)


@pytest.mark.parametrize("seed", range(6))
def test_other_seeds_of_the_usual_size(tmp_path: Path, seed: int) -> None:
    write_sample(tmp_path, seed)
    sample = read_sample(tmp_path)
    verify_network(sample.network, 2024, 2)
    verify_plan(sample)
    assert len({row["errors"] for row in sample.rows}) > 12


def verify_network(network: Network, first_year: int, years: int) -> None:
    """What the registry refuses does not occur, on any day."""
    day = date(first_year, 1, 1)
    while day < date(first_year + years, 1, 1):
        for member in network.members:
            for service in ("assistance", "mobilite"):
                memberships = [held for held in member.memberships if held.service == service and held.covers(day)]
                assert len(memberships) <= 1
                if taker := member.delegated_to(service, day):
                    assert taker != member.code
                    verify_performs(network, taker, service, day)
        day += timedelta(days=1 if len(network.members) < 50 else 9)


def verify_performs(network: Network, code: str, service: str, day: date) -> None:
    member = network.member(code)
    assert member and member.platform_on(service, day) and not member.delegated_to(service, day)


def test_the_usual_network_has_something_of_everything(sample: Sample) -> None:
    network, members = sample.network, sample.network.members
    assert len(members) == 130 and len(network.platforms) == 13 and network.operators
    assert {member.kind for member in members} == {"CIL", "CCI"}
    assert {held.service for member in members for held in member.delegations} == {"assistance", "mobilite"}
    assert any(len(platform.agreements) > 1 for platform in network.platforms)
    assert any(held.end for member in members for held in member.memberships)
    assert any(member.departments for member in members)
    assert len({member.name for member in members}) == 130
    codes = {code for row in sample.rows for code in row["errors"].split("|") if code}
    assert len(codes) >= 18
    assert any(row["file"].endswith("_v2.csv") and row["expect"] == "accepted" for row in sample.rows)
    assert sum(row["expect"] == "same" for row in sample.rows) > 3


def test_some_obligations_are_met_late_and_some_never(sample: Sample) -> None:
    first_accepted: dict[Key, date] = {}
    for row in sample.rows:
        if row["expect"] == "accepted":
            first_accepted.setdefault((row["platform"], row["form"], row["period"]), date.fromisoformat(row["sent"]))
    due = {
        (platform.code, form.code, str(period)): form.due(period)
        for period in (Period(year, quarter) for year in (2024, 2025) for quarter in (1, 2, 3, 4, None))
        for platform in sample.network.platforms
        for form in FORMS.values()
        if form.fits(period) and sample.network.owes(platform.code, form, period)
    }
    assert due.keys() > first_accepted.keys()
    assert 0 < sum(day > due[key] for key, day in first_accepted.items()) < len(due) / 5
    assert len(due) - len(first_accepted) < len(due) / 10


def test_odd_writings_are_used(sample: Sample) -> None:
    contents = [sample.content(row) for row in sample.rows if row["expect"] == "accepted"]
    assert any(content.startswith(b"\xef\xbb\xbf") for content in contents)
    assert any(b"\t" in content for content in contents)
    assert any(content.split(b"\n")[0].count(b",") > 3 for content in contents)
    assert any("\u202f" in content.decode("utf-8", "ignore") for content in contents)
    assert any(not is_utf8(content) for content in contents)


def is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_the_plan_runs_from_day_to_day_until_early_in_the_year_after(sample: Sample) -> None:
    days = [row["sent"] for row in sample.rows]
    assert days == sorted(days)
    assert "2024-04-01" < days[0] < "2024-05-01"
    assert "2026-01-30" < days[-1] < "2026-04-01"


def fingerprint(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (fingerprint_of(tmp_path / name, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert first == again != other


def fingerprint_of(folder: Path, seed: int) -> str:
    write_sample(folder, seed, members=20, platforms=4, years=1)
    return fingerprint(folder)


def test_recomputation_and_judge_read_the_same_figures(sample: Sample) -> None:
    """Two readers that share nothing agree on every odd writing."""
    versions: dict[Key, int] = defaultdict(int)
    kept, lines = [], {}
    for row in sample.rows:
        key = row["platform"], row["form"], row["period"]
        if row["expect"] == "accepted":
            versions[key] += 1
            kept.append(KeptFile(*key, versions[key], "accepted", sample.content(row)))
            if "-T" in row["period"]:
                lines[key] = sample.judged(row).lines
    national: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for (_, form, period), judged in lines.items():
        for line in judged:
            for measure, value in line.values.items():
                national[form, period, measure] += value
    network = json.loads((sample.folder / "network.json").read_text(encoding="utf-8"))
    tables = recompute(network, kept)
    shown = {
        (cell.form, cell.period, cell.measure): figures.quarter
        for cell, figures in tables.items()
        if cell.level == "national"
    }
    assert shown == national
