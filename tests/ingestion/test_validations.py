"""Validations: the same verdict, byte for byte, from the API and from the command line, and nothing kept."""

import asyncio
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cli.validate import Request, run_validate
from services.ingestion.web.verdict_model import ToldVerdict
from shared.forms import FORMS
from tests.ingestion.generated import KINDS, period_of, tables
from tests.ingestion.sendings import FORM, PERIOD, assistance, rejected, send, wrong
from tests.shared.house import House
from tests.shared.networks import small_network

VALIDATIONS = "/api/v1/validations"
DAY = "2006-02-01"


async def asked(
    house: House, content: bytes, *, headers: dict[str, str] | None = None, **params: Any
) -> httpx.Response:
    wanted = {"form": FORM, "period": PERIOD, "history": "false", **params}
    return await house.http.post(VALIDATIONS, params=wanted, content=content, headers=headers or house.of("PF01"))


def printed(request: Request) -> tuple[int, bytes]:
    out = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(out):
        code = run_validate(request)
    return code, out.buffer.getvalue()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validate")
    (folder / "network.json").write_text(json.dumps(small_network()))
    return folder


def request_in(folder: Path, content: bytes, **changes: Any) -> Request:
    (folder / "file").write_bytes(content)
    wanted = {"form": FORM, "period": PERIOD, "platform": "PF01", "on": DAY, "as_json": True, **changes}
    return Request(folder / "file", registry=folder / "network.json", **wanted)


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
async def test_the_api_and_the_command_line_say_the_same_bytes(
    house: House, folder: Path, form: str, data: st.DataObject
) -> None:
    content = data.draw(st.sampled_from(KINDS))(data.draw(tables(FORMS[form])))
    nil = data.draw(st.booleans())
    period = data.draw(st.sampled_from([period_of(form)] * 9 + ["2004"]))
    answer = await asked(house, content, form=form, period=period, on=DAY, nil=nil)
    request = request_in(folder, content, form=form, period=period, nil=nil)
    code, out = await asyncio.to_thread(printed, request)
    assert (answer.status_code, answer.content) == (200, out)
    told = ToldVerdict.model_validate_json(out)
    assert code == (0 if told.verdict == "accepted" else 1)
    assert len(told.findings) == told.error_count + told.warning_count == sum(told.counts.values())
    assert "outlier" in told.not_evaluated


async def test_it_is_the_verdict_that_sending_gives_and_nothing_is_kept(house: House) -> None:
    for kept, content in enumerate((wrong(1500), b"\x00", assistance().replace(b";1;", b";x;"))):
        verdict = (await asked(house, content, history="true")).json()
        assert len(await house.rows("ingestion", "SELECT 1 FROM submission")) == kept
        sent = await rejected(house, content)
        whole = await house.http.get(f"/api/v1/submissions/{sent['id']}/verdict", headers=house.of("PF01"))
        assert whole.json() == verdict
        assert sent["errors"] == verdict["findings"][:1000]


async def test_warnings_are_told_like_errors(house: House) -> None:
    for content in (assistance(), assistance(1, "CIL01")):
        verdict = (await asked(house, content, history="true")).json()
        kinds = {(finding["code"], finding["severity"]) for finding in verdict["findings"]}
        assert ("more_commitments_than_diagnoses", "warning") in kinds
        assert all(finding["expected"] for finding in verdict["findings"])
        assert (verdict["error_count"], verdict["warning_count"]) == (0, len(verdict["findings"]))
        assert verdict["not_evaluated"] == []
        sent = (await send(house, content)).json()
        address = f"/api/v1/submissions/{sent['id']}"
        whole = await house.http.get(f"{address}/verdict", headers=house.of("PF01"))
        assert whole.json() == verdict
        page = (await house.http.get(f"{address}/errors?many=1", headers=house.of("PF01"))).json()
        assert (page["total"], page["findings"]) == (len(verdict["findings"]), verdict["findings"][:1])
    assert ("missing_member", "warning") in kinds


async def test_who_may_ask_for_what(house: House) -> None:
    content = assistance(1, "CIL05", "CIL06")
    assert (await asked(house, content, headers={"Authorization": "Bearer x"})).status_code == 401
    assert (await asked(house, content, platform="PF03")).status_code == 403
    assert (await asked(house, content, headers=house.admin)).status_code == 422
    assert (await asked(house, content, form="x")).status_code == 404
    by_admin = await asked(house, content, headers=house.admin, platform="PF03")
    assert (by_admin.status_code, by_admin.json()["verdict"], by_admin.json()["on"]) == (200, "accepted", "2005-04-05")
    early = (await asked(house, content, on="2005-03-31")).json()
    assert (early["on"], list(early["counts"])) == ("2005-03-31", ["period_not_open"])
    house.app.state.settings = house.settings.model_copy(update={"simulation": False})
    assert (await asked(house, content, on="2005-03-31")).status_code == 403
    assert (await asked(house, content, headers=house.admin, platform="PF03", on="2005-04-01")).status_code == 200


def test_the_command_needs_no_server_and_no_broker(folder: Path) -> None:
    request = request_in(folder, wrong(10_000))
    script = (
        "import sys\n"
        "class Refusing:\n"
        "    def find_spec(self, name, *_):\n"
        "        assert name.split('.')[0] not in ('sqlalchemy', 'asyncpg', 'aiokafka', 'fastapi'), name\n"
        "sys.meta_path.insert(0, Refusing())\n"
        "from services.cli.main import main\n"
        "if __name__ == '__main__': main()\n"
    )
    (folder / "command.py").write_text(script)
    options = ["--form", FORM, "--period", PERIOD, "--platform", "PF01", "--on", DAY]
    command = [sys.executable, str(folder / "command.py"), "validate", str(request.file), *options]
    command += ["--registry", str(request.registry), "--json"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    assert done.stderr == b""
    assert (done.returncode, done.stdout) == printed(request)
    assert json.loads(done.stdout)["error_count"] == 19_999


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "x"},
        {"on": "5 avril"},
        {"file": Path("/nowhere")},
        {"registry": Path("/nowhere")},
        {"registry": Path(__file__)},
    ],
)
def test_wrong_use_is_told_and_is_no_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    request = request_in(folder, assistance())
    fields = {name: getattr(request, name) for name in Request.__slots__} | changes
    assert run_validate(Request(**fields)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(".\n")


def test_what_a_terminal_shows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = assistance().replace(b"CIL02;1", b"CIL02;\xc2\xa01[bold]\xe2\x80\xaex") + b"\nCIL01;0;0;0" * 300
    assert run_validate(request_in(folder, content, as_json=False)) == 1
    shown = capsys.readouterr().out
    for expected in ("REFUSÉ", "1er trimestre 2005", "300  Ligne en double", "[bold]", "Attendu", "autres constats"):
        assert expected in shown, shown
    assert "\u202e" not in shown
    assert run_validate(request_in(folder, assistance(), as_json=False)) == 0
    assert "3 lignes acceptées" in capsys.readouterr().out.replace("\u00a0", " ")
