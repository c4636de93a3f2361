"""Whatever is sent, the door answers: never a failure, and what it says it keeps."""

from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, assistance
from tests.shared.house import House

pytestmark = pytest.mark.infra

_quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# The column names and separators that get a file past its header, cut and mixed.
_PIECES = [
    b"organisme", b"diagnostics_prealables", b"engagements_reciproques", b"diagnostics_complementaires", b"commentaire",
    b"dossiers_individuels", b"entreprises_concernees", b"montant_facture_ht", b"CIL01", b"CIL02", b"CCI03", b"CIL99",
    b";", b";", b";", b",", b"\t", b"\n", b"\n", b"\r\n", b"\r", b'"', b'""', b" ", b"0", b"1", b"-1", b"1,5", b"1e999",
    b"12 345", "12\u202f345".encode(), "٣".encode(), "é".encode(), "é".encode("cp1252"), b"\x81", b"\x00",
    b"\xef\xbb\xbf", b"9" * 30, b"=1+1", b"x" * 2001, assistance().split(b"\n")[0] + b"\n",
]  # fmt: skip
contents = st.binary(max_size=300) | st.lists(st.sampled_from(_PIECES), max_size=40).map(b"".join)
names = st.binary(max_size=30)
periods = st.text(max_size=30) | st.sampled_from([PERIOD, "2005-T2", "2005", "9999-T4", "\x00", "1000-T1"])
forms = st.sampled_from([FORM, MOBILITE]) | st.text(max_size=20)
charsets = st.sampled_from(["", "; charset=utf-7", "; charset=undefined", "; charset=utf-16", "; charset=idna",
                            "; charset=unicode_escape", "; charset=rot13", "; charset=\xff"])  # fmt: skip


def _text(value: str) -> str:
    return quote_from_bytes(value.encode("utf-8", "replace"), safe="")


def _multipart(fields: dict[str, bytes], name: bytes, content: bytes) -> bytes:
    parts = [b'--limit\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (key.encode(), value)
             for key, value in fields.items()]  # fmt: skip
    head = b'--limit\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % name
    return b"".join(parts) + head + content + b"\r\n--limit--\r\n"


async def _answered(house: House, address: str, body: bytes, charset: str) -> Any:
    kind = f"multipart/form-data; boundary=limit{charset}".encode("latin-1")
    token = house.of("PF01")["Authorization"].encode()
    answer = await house.http.post(address, content=body, headers={b"Content-Type": kind, b"Authorization": token})
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    return answer


@_quick
@given(contents, names, forms, periods, charsets)
async def test_any_file_gets_a_verdict(
    house: House, content: bytes, name: bytes, form: str, period: str, charset: str
) -> None:
    address = f"{ADDRESS}?form={_text(form)}&period={_text(period)}"
    answer = await _answered(house, address, _multipart({}, name.replace(b'"', b"%22"), content), charset)
    if answer.status_code in (200, 201) or answer.headers.get("location"):
        await _is_kept(house, answer)


async def _is_kept(house: House, answer: Any) -> None:
    body = answer.json()
    assert (body["verdict"] == "accepted") == (answer.status_code in (200, 201))
    assert (body["error_count"] == 0) == (body["verdict"] == "accepted")
    for path, reader in (("", house.http), ("/errors.csv", house.http), ("/file", house.http)):
        read = await reader.get(f"{ADDRESS}/{body['id']}{path}", headers=house.of("PF01"))
        assert read.status_code == 200
    page = await house.http.get(f"/depots/{body['id']}", headers={"Accept": "text/html", **house.of("PF01")})
    assert page.status_code == 200


@_quick
@given(contents, names, st.binary(max_size=30), st.binary(max_size=30), charsets)
async def test_any_form_of_the_page_is_answered(
    house: House, content: bytes, name: bytes, form: bytes, period: bytes, charset: str
) -> None:
    for fields in ({"form": form, "period": period}, {"form": FORM.encode(), "period": period}):
        await _answered(house, "/depots", _multipart(fields, name, content), charset)


@_quick
@given(st.binary(max_size=300), charsets)
async def test_any_body_is_answered(house: House, body: bytes, charset: str) -> None:
    address = f"{ADDRESS}?form={FORM}&period={PERIOD}"
    for sent in (body, b"--limit\r\n" + body, _multipart({}, b"a.csv", body)[: len(body)]):
        await _answered(house, address, sent, charset)
