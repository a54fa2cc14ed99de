"""Ways in, for tests: signing in, second factors, and a clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyotp import TOTP

from functions.identity import register_account, sign_in, verify_mfa
from shared.identity import factors
from shared.identity.credentials import Account
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, headers, session_of
from tests.gateway import Answer, Handler, call


class StandingClock:
    """The one clock, which only the test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def later(self, **by: float) -> None:
        """Move it on."""
        self.now += timedelta(**by)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """A clock that stands."""
    made = StandingClock()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


def log_in(
    brand: Brand, email: str, password: str = PASSWORD, *, ip: str = "192.0.2.1", **more: Any
) -> Answer:
    """POST /v1/auth/login."""
    body = {"email": email, "password": password, **more}
    return call(sign_in.handler, "POST", "/v1/auth/login", body, headers=headers(brand), source_ip=ip)


def register(brand: Brand, email: str, password: str = PASSWORD, **more: Any) -> Answer:
    """POST /v1/auth/register."""
    names = {"first_name": "Ada", "last_name": "Byron", "accepted_terms": True}
    body = {"email": email, "password": password, **names, **more}
    return call(register_account.handler, "POST", "/v1/auth/register", body, headers=headers(brand))


def second_factor(brand: Brand, token: str, code: str, *, field: str = "code") -> Answer:
    """POST /v1/auth/mfa/verify."""
    body = {"mfa_token": token, field: code}
    return call(verify_mfa.handler, "POST", "/v1/auth/mfa/verify", body, headers=headers(brand))


def enrolled(brand: Brand, account: Account) -> tuple[TOTP, list[str]]:
    """Somebody who has just switched a second factor on: their app, and their recovery codes."""
    with begin(brand, "test") as work:
        app = TOTP(factors.enrol(work, account.id, account.email).secret)
        codes = factors.confirm(work, account.id, app.at(work.now))
    return app, codes


def as_member(brand: Brand, account: Account) -> dict[str, str]:
    """The headers of a new session."""
    return headers(brand, session_of(brand, account).access_token)


def is_alive(brand: Brand, token: str) -> bool:
    """Whether an access token opens anything."""
    from functions.identity.list_sessions import handler

    return call(handler, "GET", "/v1/me/sessions", headers=headers(brand, token)).status == 200


def post(handler: Handler, path: str, brand: Brand, body: Any, **more: Any) -> Answer:
    """A POST by nobody in particular."""
    sent = headers(brand) | more.pop("headers", {})
    return call(handler, "POST", path, body, headers=sent, **more)


def without_id(answer: Answer) -> Any:
    """A problem without what tells one request from another."""
    return {name: value for name, value in answer.body.items() if name != "request_id"}
