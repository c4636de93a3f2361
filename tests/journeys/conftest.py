"""A house of a journey's own keeps its topics apart on brokers that are shared."""

import secrets

import pytest


@pytest.fixture(autouse=True)
def own_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_KAFKA__PREFIX", f"journey-{secrets.token_hex(4)}-")
