"""What the name of a file says of it, and what of an upload has come."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingestion.domain.file_names import is_temporary, marked_by, read_name
from services.ingestion.web.sftp.places import Place, place_of
from services.ingestion.web.sftp.uploads import Replaced, Spans, TooScattered, Upload
from shared.forms import FORMS

FORM = "assistance-trimestriel"
GOOD = f"{FORM}_PF01_2005-T1.csv"


@pytest.mark.parametrize(
    "name",
    [GOOD, GOOD.upper(), f"{FORM}_PF01_2005-T1_v2.csv", f"{FORM}_PF01_2005-T1_a_b.c.xlsx", f"{FORM}_pf01_2005-t1.Json"],
)
def test_a_right_name_says_form_and_period(name: str) -> None:
    said = read_name(name, "PF01", FORMS)
    assert (said.form, said.period, said.error) == (FORM, "2005-T1", None)


@pytest.mark.parametrize("platform", ["PF_01", "A_B_C", "PF.1", "a+b"])
def test_a_platforms_code_may_hold_what_parts_names(platform: str) -> None:
    said = read_name(f"satisfaction_{platform}_2005_x.ods", platform, FORMS)
    assert (said.form, said.period, said.error) == ("satisfaction", "2005", None)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("rapport.csv", "bad_file_name"),
        (GOOD.replace(".csv", ""), "bad_file_name"),
        (GOOD + ".exe", "bad_file_name"),
        (f"{FORM}_PF01_.csv", "bad_file_name"),
        ("_PF01_2005-T1.csv", "bad_file_name"),
        (f"{FORM}-PF01-2005-T1.csv", "bad_file_name"),
        (f"{FORM}_PF02_2005-T1.csv", "not_allowed"),
        (f"{FORM}_PF012_2005-T1.csv", "not_allowed"),
        ("autre_PF01_2005-T1.csv", "not_allowed"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_its_code(name: str, code: str) -> None:
    error = read_name(name, "PF01", FORMS).error
    assert error is not None and (error.code, error.value) == (code, name)


@given(st.text(max_size=80))
def test_any_name_gets_an_answer(name: str) -> None:
    said = read_name(name, "PF01", FORMS)
    assert said.error is None or said.error.code in ("bad_file_name", "not_allowed")
    assert is_temporary(name) in (True, False)


def test_temporary_names_and_markers() -> None:
    temporary = [f"{GOOD}.part", f"{GOOD}.filepart", f".{GOOD}", f".in.{GOOD}.", f"~{GOOD}", f"{GOOD}~", "x.TMP"]
    assert all(map(is_temporary, temporary))
    assert not any(map(is_temporary, [GOOD, "rapport.csv", "x", f"{GOOD}.sha256", "partie.csv"]))
    assert [marked_by(name) for name in (f"{GOOD}.sha256", f"{GOOD}.DONE", GOOD, ".done")] == [GOOD, GOOD, None, None]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=30))
def test_spans_know_what_has_come(writes: list[tuple[int, int]]) -> None:
    spans, bytes_come = Spans(), set[int]()
    for start, many in writes:
        spans.add(start, start + many)
        bytes_come |= set(range(start, start + many))
    assert spans.end == max(bytes_come, default=-1) + 1
    assert spans.has_holes == (bytes_come != set(range(spans.end)))


def test_too_many_holes_are_refused() -> None:
    spans = Spans()
    for n in range(1_000):
        spans.add(2 * n, 2 * n + 1)
    with pytest.raises(TooScattered):
        spans.add(2_001, 2_002)


_MADE: list[Upload] = []


@pytest.fixture(autouse=True)
def _discard_all() -> Iterator[None]:
    yield
    while _MADE:
        _MADE.pop().discard()


def opened() -> Upload:
    upload = Upload(GOOD)
    _MADE.append(upload)
    upload.open()
    return upload


def closed(*writes: bytes) -> Upload:
    upload = opened()
    offset = 0
    for body in writes:
        upload.write(offset, body)
        offset += len(body)
    upload.close(by_sender=True)
    return upload


async def test_full_buffers_alone_may_go_on() -> None:
    full = b"a;b\n" * 8_192  # 32 KiB
    assert closed(full).may_go_on and closed(full, full).may_go_on
    assert not closed(full, b"a;b\n").may_go_on and not closed(full, full[:-1]).may_go_on
    assert not closed(b"a;b\n").may_go_on and not closed().may_go_on
    assert not closed(b"PK" + full[2:]).may_go_on and not closed(b" {" + full[2:]).may_go_on


async def test_a_declared_size_must_come() -> None:
    for declared, is_whole in ((3, True), (2, False), (4, False)):
        upload = opened()
        upload.write(0, b"abc")
        upload.declare(declared)
        upload.close(by_sender=True)
        assert upload.is_whole is is_whole


async def test_one_byte_more_than_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingestion.web.sftp.uploads.MAX_BYTES", 8)
    upload = closed(b"12345", b"67890", b"12345")
    assert upload.is_too_large and upload.size == 15 and upload.taken().size == 9
    assert not closed(b"12345678").is_too_large


async def test_nothing_is_written_into_what_was_replaced() -> None:
    upload = closed(b"a")
    upload.discard()
    with pytest.raises(Replaced):
        upload.write(1, b"b")
    with pytest.raises(Replaced):
        upload.taken()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (b"", Place()),
        (b"/", Place()),
        (b"//depots//", Place("depots")),
        (b"depots/../../../depots/a.csv", Place("depots", "a.csv")),
        (b"/depots/./a.csv", Place("depots", "a.csv")),
        ("/depots/dépôt.csv".encode("latin-1"), Place("depots", "d\\xe9p\\xf4t.csv")),
    ],
)
def test_paths_stay_in_the_tree(path: bytes, place: Place) -> None:
    assert place_of(path) == place
