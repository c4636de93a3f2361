"""CSV as it comes from everywhere: encodings, separators, quotes, blank rows, limits."""

from io import BytesIO
from typing import Any

import pytest

from services.ingestion.domain import sheet
from services.ingestion.domain.csv_file import CsvRecords, separator_of

ASSISTANCE = "organisme;departement;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
RIGHT = f"{ASSISTANCE};commentaire\nCIL-001;01;1;1;1;été\nCIL-013;13;1;1;1;"


def numbered(text: str) -> list[tuple[int, list[str]]]:
    return list(sheet.Sheet(CsvRecords(BytesIO(text.encode()))).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_every_way_of_writing_the_same_file(
    judge_file: Any, encoding: str, line_end: str, separator: str, end: str
) -> None:
    text = (RIGHT + end).replace("\n", line_end).replace(";", separator)
    judgement = judge_file(text.encode(encoding))
    assert judgement.verdict == "accepted"
    assert [line.comment for line in judgement.lines] == ["été", None]
    assert judgement.rows_blank == 0


def test_windows_1252_has_more_than_latin_1(judge_file: Any) -> None:
    judgement = judge_file(RIGHT.replace("été", "12 € – cœur").encode("cp1252"))
    assert judgement.lines[0].comment == "12 € – cœur"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_a_byte_that_windows_1252_leaves_undefined(judge_file: Any, byte: int) -> None:
    [error] = judge_file(RIGHT.encode("cp1252") + bytes([byte])).errors
    assert error.code == "unreadable_file"
    assert "Windows-1252" in error.message


@pytest.mark.parametrize("code_point", [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x80, 0x85, 0x9F])
def test_a_control_character(judge_file: Any, code_point: int) -> None:
    assert judge_file(RIGHT + chr(code_point)).codes == ("unreadable_file",)


@pytest.mark.parametrize("content", [RIGHT.encode("utf-16"), b"PK\x03\x04" + bytes(100), bytes(range(256))])
def test_a_file_of_another_kind(judge_file: Any, content: bytes) -> None:
    assert judge_file(content).codes == ("unreadable_file",)


def test_a_carriage_return_alone_ends_no_line(judge_file: Any) -> None:
    assert judge_file(RIGHT.replace("\n", "\r")).codes == ("unreadable_file",)
    assert judge_file(RIGHT.replace("été", "é\rté")).codes == ("unreadable_file",)
    assert judge_file(RIGHT.replace("été", '"é\rté"')).lines[0].comment == "é\rté"


def test_quotes(judge_file: Any) -> None:
    judgement = judge_file(RIGHT.replace("été", '"a ""b"";\r\nc"').replace("CIL-013", '"CIL-013"'))
    assert [(line.line, line.comment) for line in judgement.lines] == [(2, 'a "b";\r\nc'), (3, None)]


@pytest.mark.parametrize("comment", ['"jamais refermé', '"refermé" trop tôt', '"a"b"', '""a""'])
def test_quotes_that_do_not_close_where_they_should(judge_file: Any, comment: str) -> None:
    assert judge_file(RIGHT.replace("été", comment)).codes == ("unreadable_file",)


def test_a_quote_inside_a_bare_cell_is_a_character() -> None:
    assert numbered('a;b\n5" ;l\'"agence"\n"x";y') == [(2, ['5" ', 'l\'"agence"']), (3, ["x", "y"])]


def test_a_record_with_a_line_break_is_one_line() -> None:
    assert numbered('a;b\n"1\n2\n3";x\n4;y') == [(2, ["1\n2\n3", "x"]), (3, ["4", "y"])]


def test_blank_rows_are_passed_over_but_keep_their_number(judge_file: Any) -> None:
    text = f'\n  \n;;;;\n{ASSISTANCE}\n;;;;\nCIL-001;01;x;1;1\n\n \t ;;\n"";"\n";;;;;;\nCIL-999;;1;1;1\n\n'
    judgement = judge_file(text)
    assert [(error.line, error.code) for error in judgement.errors] == [(6, "not_a_number"), (10, "unknown_member")]
    assert (judgement.rows_refused, judgement.rows_blank) == (2, 8)


def test_the_first_row_that_is_not_blank_is_the_header_and_says_its_faults_on_line_1(judge_file: Any) -> None:
    judgement = judge_file(f"\n,,,\n\n{ASSISTANCE};bonus\nCIL-001;01;1;1;1;1")
    assert [(error.line, error.column, error.code) for error in judgement.errors] == [(1, "bonus", "unknown_column")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b\n1,5;2,5,5,5", ";"),
        ("a,b\n1;2;3", ","),
        ("a\tb", "\t"),
        ("\n ,;\n\na\tb,c\td", "\t"),
        ('"a;b;c";"d,e,f,g"\n', ";"),
        ('"a;b\n;c",b', ","),
        ("a", ";"),
        ("", ";"),
        ('"', ";"),
    ],
)
def test_the_separator_is_that_of_the_header(text: str, expected: str) -> None:
    assert separator_of(text) == expected


@pytest.mark.parametrize("spoilt", [ASSISTANCE + ";" * 196, f"{ASSISTANCE}\n" + ";" * 200 + "1"])
def test_too_many_columns(judge_file: Any, spoilt: str) -> None:
    assert judge_file(spoilt).codes == ("too_large",)


def test_two_hundred_columns_and_two_thousand_characters_are_no_more_than_the_limit(judge_file: Any) -> None:
    assert judge_file(f"{ASSISTANCE}\n" + ";" * 199 + "1").codes == ("wrong_field_count",)
    assert judge_file(RIGHT.replace("été", "é" * 2000)).verdict == "accepted"


def test_a_cell_too_long(judge_file: Any) -> None:
    assert judge_file(RIGHT.replace("été", "é" * 2001)).codes == ("too_large",)
    assert judge_file(RIGHT.replace("été", '"' + "é" * 200_000 + '"')).codes == ("too_large",)


def test_what_is_unreadable_is_said_before_what_is_too_large(judge_file: Any) -> None:
    assert judge_file(RIGHT.replace("été", "é" * 2001) + '\n"').codes == ("unreadable_file",)


def test_too_many_rows(judge_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 2)
    assert judge_file(RIGHT).verdict == "accepted"
    assert judge_file(f"{RIGHT}\nCIL-025;26;1;1;1;").codes == ("too_large",)


def test_too_many_bytes(judge_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sheet.MAX_BYTES == 268_435_456
    monkeypatch.setattr("services.ingestion.domain.files.MAX_BYTES", len(RIGHT.encode()))
    assert judge_file(RIGHT).verdict == "accepted"
    [error] = judge_file(RIGHT + "\n").errors
    assert (error.code, error.line, error.column) == ("too_large", None, None)
    assert "octets" in error.message
