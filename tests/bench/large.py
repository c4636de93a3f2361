"""Large case files through the door, and the same file under a general validator of tables."""

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import xlsxwriter

from services.cli.screens import step
from services.ingestion.domain import Asked, Outcome, judge_in_parts
from shared.forms import FORMS
from tests.bench.network import Reported, begin, reported_quarter
from tests.bench.peer import frictionless_seconds
from tests.bench.results import Figure, Part, aim_at_most
from tests.bench.sizes import Sizes

FORM = FORMS["dossiers-assistance"]
YEAR = "2024"
SENT_ON = date(2025, 1, 6)
METHOD = """\
Invented cases of `dossiers-assistance` ({columns} columns, {megabytes:.0f} MB for {cases:,} of them), all right, sent
through `POST /api/v1/submissions` to a whole house; the time runs from the last byte handed over to the verdict
(kept, with its bytes, its events and its receipt). Memory is the highest resident size of `serve` and of its child
process. Frictionless {version} validates the file of {few:,} cases against the form's Table Schema (types, bounds,
codes); ours judges the same file with all rules, alone in a process, so that both are compared without door or
database."""


async def measure_large(sizes: Sizes) -> Part:
    few, many, rows = sizes.few_cases, sizes.many_cases, sizes.workbook_rows
    async with reported_quarter(replace(sizes, platforms=2, members=12)) as house:
        await begin(house, SENT_ON)
        platform = house.owed[0].platform
        member = house.network.performers(platform, "assistance", date(2024, 12, 31))[0].code
        with TemporaryDirectory(prefix="pilotage-bench-") as folder:
            small, large, book = Path(folder) / "few.csv", Path(folder) / "many.csv", Path(folder) / "book.xlsx"
            _write_csv(small, member, few)
            _write_csv(large, member, many)
            _write_book(book, member, rows)
            figures, faults = [], []
            for path, count, limit in ((small, few, 1), (book, rows, 10), (large, many, 60)):
                step(f"{count} dossiers ({path.suffix[1:]})")
                taken, verdict = await _sent(house, platform, path)
                faults += [] if verdict == ("accepted", count) else [f"{path.name}: {verdict}"]
                name = f"{count:,} cases as {path.suffix[1:].upper()}, last byte to verdict"
                figures.append(Figure(name, f"{taken:.2f} s", f"≤ {limit} s", taken <= limit))
            figures += _memory(house)
            step("frictionless")
            ours, (theirs, version) = _judged(house, platform, small), frictionless_seconds(small, FORM)
            figures += _compared(few, ours, theirs)
            megabytes = large.stat().st_size / 1e6
    method = METHOD.format(columns=len(FORM.columns) - 1, megabytes=megabytes, cases=many, few=few, version=version)
    return Part("Large files", method, figures, faults)


def _compared(few: int, ours: float, theirs: float) -> list[Figure]:
    return [
        Figure(f"{few:,} cases judged, ours", f"{ours:.2f} s"),
        Figure(f"{few:,} cases validated, frictionless", f"{theirs:.2f} s"),
        Figure("ours is faster by", f"{theirs / ours:.0f} times", "≥ 20 times", theirs >= 20 * ours),
    ]


def _cases(member: str, many: int) -> Iterator[list[Any]]:
    draw = Random("cases")
    flags = [column for column in FORM.columns if column.type == "flag" and column.required]
    for _ in range(many):
        postcode = f"{draw.choice(('75', '69', '13', '33'))}{draw.randint(1, 20):03d}"
        person = [draw.randint(50_000, 600_000) / 100, draw.randint(1, 8), 1, draw.randint(18, 80)]
        codes = [draw.choice("12349"), draw.choice("12345678"), postcode, draw.choice("123456789")]
        yield [member, *person, *codes, *(draw.choice("ON") for _ in flags)]


def _header() -> list[str]:
    return [column.name for column in FORM.columns if column.required]


def _write_csv(path: Path, member: str, many: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(_header())
        writer.writerows(_cases(member, many))


def _write_book(path: Path, member: str, many: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet(FORM.code)
    for number, row in enumerate([_header(), *_cases(member, many)]):
        sheet.write_row(number, 0, row)
    book.close()


async def _sent(house: Reported, platform: str, path: Path) -> tuple[float, tuple[str, int]]:
    """Seconds from the last byte to the verdict; the verdict and its rows."""
    last = [0.0]

    async def pieces() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 18):
                yield piece
        last[0] = time.monotonic()

    headers = {"Authorization": f"Bearer {house.tokens[platform]}", "Content-Type": "application/octet-stream"}
    params = {"form": FORM.code, "period": YEAR, "file_name": path.name}
    answer = await house.http.post("/api/v1/submissions", params=params, content=pieces(), headers=headers, timeout=600)
    ended = time.monotonic()
    if answer.status_code == 202:
        submission, ended = await _followed(house, answer.headers["location"], headers)
        answer = await house.http.get(f"/api/v1/submissions/{submission}", headers=headers)
    body = answer.json()
    return ended - last[0], (body.get("verdict", str(body)[:300]), body.get("rows_accepted", 0))


async def _followed(house: Reported, location: str, headers: dict[str, str]) -> tuple[str, float]:
    while True:
        state = (await house.http.get(location, headers=headers)).json()
        if state["state"] not in ("waiting", "judging"):
            return state["submission"], time.monotonic()
        await asyncio.sleep(0.25)


def _memory(house: Reported) -> list[Figure]:
    """Linux keeps the highest resident size of a process for as long as it lives."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or ())
        if f"--port {house.machine.url.rpartition(':')[2]}" in command:
            children = [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]
            found.append(aim_at_most("highest memory of `serve`", _peak_mib(process.pid), 512, "MiB"))
            found += [
                aim_at_most("highest memory of its child, the parser", _peak_mib(child.pid), 512, "MiB")
                for child in children
            ]
    return found


def _peak_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _judged(house: Reported, platform: str, path: Path) -> float:
    asked = Asked(FORM, YEAR, platform, house.network, SENT_ON)
    content = io.BytesIO(path.read_bytes())
    began = time.perf_counter()
    *_, outcome = judge_in_parts(content, asked)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict == "accepted", outcome
    return time.perf_counter() - began
