"""Files of the small network, and the ways of sending them."""

from typing import Any

import httpx

from tests.shared.house import House

FORM = "assistance-trimestriel"
MOBILITE = "mobilite-trimestriel"
PERIOD = "2005-T1"
ADDRESS = "/api/v1/submissions"

_HEADER = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\n"


def assistance(n: int = 1, *members: str) -> bytes:
    """A right file of PF01, or of these members, whose figures begin at n."""
    rows = [f"{member};{n};{n + 1};{n + 2}\n" for member in members or ("CIL01", "CIL02", "CCI03")]
    return (_HEADER + "".join(rows)).encode()


def wrong(rows: int) -> bytes:
    """A file with one error in each row."""
    return (_HEADER + "".join(f"CIL01;-{n};0;0\n" for n in range(1, rows + 1))).encode()


async def send(
    house: House,
    content: bytes,
    *,
    platform: str = "PF01",
    form: str = FORM,
    period: str = PERIOD,
    name: str = "a.csv",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    return await house.http.post(
        ADDRESS,
        params={"form": form, "period": period},
        files={"file": (name, content)},
        headers=house.of(platform) if headers is None else headers,
    )


async def accepted(house: House, content: bytes, **more: Any) -> dict[str, Any]:
    answer = await send(house, content, **more)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def rejected(house: House, content: bytes, **more: Any) -> dict[str, Any]:
    answer = await send(house, content, **more)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body
