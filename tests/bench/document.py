"""The measurements as a page of Markdown; what was not measured in this run is said, never kept from another."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from textwrap import fill

from tests.bench.results import Figure, Part

HEAD = """\
# Benchmarks

Written by `make bench`; every figure below comes from one run, on the machine described here. Everything runs on that
one machine, over loopback: Kafka, PostgreSQL (`fsync`, `full_page_writes`, `synchronous_commit` on), all processes
of the house, and whoever puts the load on them and measures, so that the figures hold the measuring too.
"""


def written(about: Sequence[tuple[str, str]], parts: Mapping[str, Part | None]) -> str:
    """parts: by name, in the order of the page; None for those that were not run."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("faststream", "aiokafka", "sqlalchemy", "asyncpg"))
    machine = [f"| {name} | {value} |" for name, value in (*about, ("packages", packages))]
    blocks = [HEAD, "\n".join(["| | |", "|---|---|", *machine]) + "\n"]
    blocks += [_part(part) if part else f"## `{name}`\n\nNot measured in this run.\n" for name, part in parts.items()]
    return "\n".join(blocks)


def _part(part: Part) -> str:
    method = fill(" ".join(part.method.split()), 120, break_long_words=False, break_on_hyphens=False)
    lines = [f"## {part.title}", "", method, ""]
    if part.faults:
        lines += ["**Something was wrong in this run; its figures prove nothing:**", ""]
        lines += [*(f"- {fault}" for fault in part.faults), ""]
    if part.figures:
        lines += ["| figure | measured | aim | met |", "|---|---|---|---|"]
        lines += [_row(figure) for figure in part.figures]
    return "\n".join(lines).rstrip() + "\n"


def _row(figure: Figure) -> str:
    met = {None: "", True: "yes", False: "**no**"}[figure.met]
    return f"| {figure.name} | {figure.value} | {figure.aim} | {met} |"
