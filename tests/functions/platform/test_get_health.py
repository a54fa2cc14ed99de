"""GET /v1/health"""

import pytest

from functions.platform.get_health import handler
from tests.gateway import call


def test_it_answers_without_a_database_or_a_brand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE", "postgresql://nobody@127.0.0.1:1/none")
    answer = call(handler, "GET", "/v1/health", headers={"x-brand": "no-such-brand"})
    assert (answer.status, answer.body) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
