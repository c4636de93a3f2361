"""`pilotage token`: a platform's code makes one, or `--member`; the names of commands list and revoke."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from services.cli import tokens
from services.cli.client import PASSWORD
from services.cli.main import app

Asked = list[tuple[str, ...]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the commands would have asked of the service."""
    calls: Asked = []

    def keep(name: str) -> Callable[..., object]:
        async def call(*arguments: str) -> str:
            calls.append((name, *arguments))
            return "plt_x"

        return call

    for name in ("make_token", "make_member_token", "list_tokens", "revoke_token"):
        monkeypatch.setattr(tokens, name, keep(name))
    return calls


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (["PF01"], ("make_token", "PF01", "", "http://s")),
        (["PF01", "--name", "list"], ("make_token", "PF01", "list", "http://s")),
        (["make", "PF01"], ("make_token", "PF01", "", "http://s")),
        (["make", "--member", "CIL01"], ("make_member_token", "CIL01", "", "http://s")),
        (["list"], ("list_tokens", "http://s")),
        (["revoke", "an-id"], ("revoke_token", "an-id", "http://s")),
    ],
)
def test_what_is_asked(arguments: list[str], call: tuple[str, ...], asked: Asked) -> None:
    answer = CliRunner().invoke(app, ["token", *arguments, "--url", "http://s"], env={PASSWORD: "x"})
    assert (answer.exit_code, asked) == (0, [call]), answer.output
    assert ("plt_x" in answer.output) == call[0].startswith("make_")


@pytest.mark.parametrize("arguments", [["make"], ["PF01", "--member", "CIL01"]])
def test_a_token_is_somebodys_and_one_bodys(arguments: list[str], asked: Asked) -> None:
    answer = CliRunner().invoke(app, ["token", *arguments, "--url", "http://s"], env={PASSWORD: "x"})
    assert (answer.exit_code, asked) == (2, [])
