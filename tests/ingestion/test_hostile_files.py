"""Files made to take memory, time or the whole process: each refused at once, with the code that says why."""

import asyncio
import io
import json
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingestion.domain import Asked
from services.ingestion.domain.json_guard import GuardedFile
from services.ingestion.domain.kept_rows import MOST_CHARACTERS_SAID
from services.ingestion.domain.sheet import UnreadableFile
from services.ingestion.tables.judging import end_children, judge_sent
from services.ingestion.tables.sent import spool
from shared.events import SubmissionAccepted, SubmittedLine
from shared.forms import FORMS
from shared.network import Network
from shared.topics import SUBMISSIONS
from tests.ingestion.conftest import Judge
from tests.soak.bombs_of_books import xlsx, xlsx_parts, xlsx_row
from tests.soak.book_writers import ods_frame, zipped
from tests.soak.made import FORM, HEADER, PARTNER_HEADER, PARTNERS, PERIOD, RIGHT, right_csv

ROW = dict(zip(HEADER, RIGHT, strict=True))


def as_json(value: str, key: str = "diagnostics_prealables", before: int = 0) -> str:
    """A right file but for one value, written as it is, so much further on."""
    return json.dumps({"rows": [{**ROW, key: "@"}]}).replace('"@"', value).replace("[", "[" + " " * before)


@pytest.mark.parametrize("digits", [2_001, 4_299, 4_301, 100_000, 300_000])
@pytest.mark.parametrize("before", [0, 60_000, 65_000])
def test_a_number_of_thousands_of_digits_is_too_large(judge_file: Judge, digits: int, before: int) -> None:
    """The parser itself would end the process; wherever in its pieces the number stands."""
    assert judge_file(as_json("9" * digits, before=before)).codes == ("too_large",)
    assert judge_file(as_json("-" + "9" * digits)).codes == ("too_large",)


@pytest.mark.parametrize("exponent", ["1e999999999999999999999", "1e-999999999999999999999", "1E+99999999999999999999"])
def test_an_exponent_beyond_all_is_unreadable(judge_file: Judge, exponent: str) -> None:
    assert judge_file(as_json(exponent)).codes == ("unreadable_file",)


HALVES = [r"\ud800", r"\udc00", r"\uD83D\u0041", r"\uD83Dx\uDE00", r"\ude00\ud83d", r"\\\ud83d", r"\ud83d\ud83d\ude00"]
WHOLES = [r"\ud83d\ude00", r"\uD83D\uDE00\ud83d\ude00", r"\\ud800", r"\\\\ud800", r"\u00e9", r"d800", r"\"\ud83d\ude00"]


@pytest.mark.parametrize("before", [0, *range(65_380, 65_540, 3), 131_000])
def test_half_a_character_is_unreadable(judge_file: Judge, before: int) -> None:
    """Wherever the pieces end in which the file is read; what is only written like one is text."""
    for half in HALVES:
        assert judge_file(as_json(f'"{half}"', "commentaire", before)).codes == ("unreadable_file",), half
    for whole in WHOLES:
        assert judge_file(as_json(f'"{whole}"', "commentaire", before)).codes == ("unknown_member",), whole


@pytest.mark.parametrize(
    "after", ['"', '"x', '"}]}', '""', "x", "1", "-", "{}", "[", "null", "nul", ",", "}", "\\", "/"]
)
def test_nothing_follows_the_end_of_json(judge_file: Judge, after: str) -> None:
    assert judge_file(as_json('"3"') + " \n" + after).codes == ("unreadable_file",)
    assert judge_file(as_json('"3"') + " \n" * 9).codes == ("unknown_member",)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*HALVES, *WHOLES, r"\\", "x", r"\n", r"\/"]), max_size=6), st.integers(1, 40))
def test_the_guard_sees_what_the_standard_library_sees(parts: list[str], size: int) -> None:
    text = '"' + "".join(parts) + '"'
    try:
        json.loads(text).encode()
        expected = True
    except UnicodeEncodeError:
        expected = False
    guarded, passed = GuardedFile(io.BytesIO(text.encode())), True
    try:
        while guarded.read(size):
            pass
    except UnreadableFile:
        passed = False
    assert passed == expected


def test_digits_in_a_long_file_are_no_long_number(judge_file: Judge) -> None:
    rows = [{**ROW, "commentaire": "1234567890" * 190 + "x"} for _ in range(100)]
    assert judge_file(json.dumps({"rows": rows})).codes == ("unknown_member",)


@pytest.mark.parametrize("start", [b"\xef", b"\xef\xbb"])
def test_a_file_cut_within_its_signature_is_read_like_any_other(judge_file: Judge, start: bytes) -> None:
    found = judge_file(start, "partenariats", period="2005", today=date(2006, 2, 1))
    assert "unknown_column" in found.codes


def test_json_of_very_many_names(judge_file: Judge) -> None:
    """Many in one row, many rows of another name each, many spellings of one name: none is compared with all others."""
    one = ",".join(f'"{n}":1' for n in range(100_000))
    assert judge_file(f'{{"rows":[{{{one}}}]}}').codes == ("too_large",)
    each = ",".join(f'{{"{n}":1}}' for n in range(30_000))
    assert judge_file(f'{{"rows":[{each}]}}').codes == ("too_large",)
    spelt = ",".join(f'"{" " * n}a":1' for n in range(3_000))
    assert judge_file(f'{{"rows":[{{{spelt}}}]}}').codes == ("too_large",)


def test_csv_of_very_many_columns(judge_file: Judge) -> None:
    names = ";".join(f"c{n}" for n in range(200_000))
    assert judge_file(f"{names}\n").codes == ("too_large",)


@pytest.mark.parametrize("encoding", ["zlib", "rot13", "idna", "hex", "nothing", "undefined"])
def test_a_part_in_no_encoding_is_unreadable(judge_file: Judge, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert judge_file(xlsx(xlsx_row(*HEADER), before=head)).codes == ("unreadable_file",)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_is_stored_or_deflated(judge_file: Judge, packing: int) -> None:
    content = zipped(xlsx_parts(xlsx_row(*HEADER) + xlsx_row(*RIGHT)), packing)
    assert judge_file(content).codes == ("unreadable_file",)


@pytest.mark.parametrize(
    "rows",
    [
        " " * 40_000_000,
        "<row/>" * 1_100_000,
        f"<row>{'<c/>' * 17_000}</row>",
        f'<row a="{"x" * 2_000_000}"/>',
        f"<!--{'x' * 2_000_000}-->",
        f"<{'x' * 2_000_000}/>",
    ],
    ids=["blanks", "rows", "cells", "attribute", "comment", "name"],
)
def test_a_sheet_that_unpacks_to_very_much_is_too_large(judge_file: Judge, rows: str) -> None:
    assert judge_file(xlsx(xlsx_row(*HEADER) + rows)).codes == ("too_large",)


def test_styles_that_unpack_to_very_much_are_too_large(judge_file: Judge) -> None:
    content = xlsx(xlsx_row(*HEADER), {"xl/styles.xml": f"<styleSheet>{'<xf/>' * 300_000}</styleSheet>"})
    assert judge_file(content).codes == ("too_large",)


def test_blank_cells_and_rows_far_away_are_none(judge_file: Judge) -> None:
    """A sheet may be formatted to its end."""
    end = '<row r="1048576"><c r="XFD1048576"/></row>'
    rows = "".join(xlsx_row(member, *RIGHT[1:]) for member in ("CIL01", "CIL02", "CCI03"))
    content = xlsx(xlsx_row(*HEADER) + rows + end)
    network_of_three = judge_file(content)
    assert "too_large" not in network_of_three.codes and network_of_three.outcome.rows_blank == 0


@pytest.mark.parametrize(("times", "expected"), [(1_000, "unknown_member"), (1_000_000, "too_large")])
def test_a_row_said_to_come_again(judge_file: Judge, times: int, expected: str) -> None:
    def row(*cells: str, times: int = 1) -> str:
        written = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        return f'<table:table-row table:number-rows-repeated="{times}">{written}</table:table-row>'

    table = f'<table:table table:name="{FORM}">{row(*HEADER)}{row(*RIGHT, times=times)}</table:table>'
    assert expected in judge_file(zipped(ods_frame(table))).codes


def test_the_lines_of_a_submission_fit_into_one_event(judge_file: Judge) -> None:
    """Else nobody could ever be told of it, nor of anything that comes after."""
    many = MOST_CHARACTERS_SAID // 2_200 + 1
    rows = [("assistance", f"P{n}", "x", "associations", "N", "é" * 2_000) for n in range(many)]
    asked = {"period": "2005", "today": date(2006, 2, 1)}
    assert judge_file(right_csv(PARTNER_HEADER, *rows), PARTNERS, **asked).codes == ("too_large",)
    kept = judge_file(right_csv(PARTNER_HEADER, *rows[: many * 9 // 10]), PARTNERS, **asked)
    assert kept.verdict == "accepted" and len(kept.lines) == many * 9 // 10


def test_a_line_is_counted_as_long_as_it_may_be_said() -> None:
    """Six bytes for each character, as JSON writes one that has none of its own."""
    line = SubmittedLine(line=2_000_000, member="", department="", values={}, texts={"objet": "\x01" * 2_000})
    said = len(line.model_dump_json().encode())
    assert said * (MOST_CHARACTERS_SAID // 2_200) < SUBMISSIONS.max_message_bytes
    assert SubmissionAccepted.topic is SUBMISSIONS


async def test_a_small_file_does_not_wait_for_a_large_one(network: Network) -> None:
    small = xlsx(xlsx_row(*HEADER) + xlsx_row(*RIGHT))
    large = right_csv((*HEADER, "commentaire"), *[(*RIGHT, "x" * 100)] * 60_000)
    asked = Asked(FORMS[FORM], PERIOD, "PF01", network, date(2006, 2, 1))
    with spool() as one, spool() as other:
        one.write(small)
        other.write(large)
        try:
            await judge_sent(one.taken(), asked)  # its child is warm now
            judging = asyncio.create_task(judge_sent(other.taken(), asked))
            await asyncio.sleep(0)
            assert (await judge_sent(one.taken(), asked)).outcome.counts == {"unknown_member": 1}
            assert not judging.done()
            assert (await judging).outcome.rows_refused == 60_000
        finally:
            end_children()


def test_what_a_central_directory_says_of_sizes_is_not_believed(judge_file: Judge) -> None:
    content = bytearray(xlsx(xlsx_row(*HEADER) + xlsx_row(*RIGHT)))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert judge_file(bytes(content)).codes == ("unreadable_file",)
    assert zipfile.is_zipfile(io.BytesIO(content))
