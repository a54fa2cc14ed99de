"""Every 1 day: rotate_signing_keys."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.identity.list_signing_keys import handler as list_signing_keys
from functions.identity.rotate_signing_keys import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity import access_tokens, callers, signing_keys
from shared.identity.access_tokens import LIFETIME, key_id
from shared.identity.key_rotation import ROTATE_AFTER
from shared.identity.signing_keys import PUBLISHED_BEFORE_USE
from shared.platform import clock
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of
from tests.gateway import call

pytestmark = pytest.mark.usefixtures("issuer")

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Days:
    """The one clock, moved by the test; warm functions of the day before are gone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def later(self, by: timedelta) -> None:
        self.now += by
        signing_keys.forget()
        callers.forget()


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Days:
    return Days(monkeypatch)


def published(brand: Brand) -> list[str]:
    answer = call(list_signing_keys, "GET", "/.well-known/jwks.json", headers=headers(brand))
    return [key["kid"] for key in answer.body["keys"]]


def is_accepted(brand: Brand, token: str) -> bool:
    return call(sign_out, "POST", "/v1/auth/logout", headers=headers(brand, token)).status == 204


def token_of(brand: Brand) -> str:
    return session_of(brand, customer_account(brand)).access_token


def test_a_young_key_stays(brand: Brand, days: Days) -> None:
    token_of(brand)
    days.later(ROTATE_AFTER - timedelta(minutes=1))
    assert handler({}) == {"job": "rotate_signing_keys", "processed": 0, "failed": 0, "finished": True}
    assert len(published(brand)) == 1


def test_nobody_has_signed_yet_so_nothing_is_made(brand: Brand, days: Days) -> None:
    assert handler({})["processed"] == 0


def test_a_new_key_is_seen_before_it_signs_and_old_tokens_live_until_they_expire(
    brand: Brand, days: Days
) -> None:
    first = key_id(token_of(brand))
    days.later(ROTATE_AFTER)
    assert handler({})["processed"] == 1
    [new, old] = published(brand)
    assert old == first
    # Verifiers that keep the set for two hours do not know the new one yet.
    days.later(PUBLISHED_BEFORE_USE - timedelta(minutes=1))
    last = token_of(brand)
    assert key_id(last) == first
    days.later(timedelta(minutes=2))
    assert key_id(token_of(brand)) == new
    assert handler({})["processed"] == 1
    assert is_accepted(brand, last)
    assert published(brand) == [new, first]


def test_a_retired_key_opens_nothing_once_its_tokens_have_expired(
    brand: Brand, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_of(brand)
    days.later(ROTATE_AFTER)
    handler({})
    days.later(PUBLISHED_BEFORE_USE)
    # A thief who has the old private key makes himself tokens that live long.
    with monkeypatch.context() as stolen:
        stolen.setattr("shared.identity.signing_keys.PUBLISHED_BEFORE_USE", timedelta(days=3))
        stolen.setattr("shared.identity.sessions.LIFETIME", timedelta(days=30))
        forged = token_of(brand)
    handler({})
    assert is_accepted(brand, forged)
    days.later(LIFETIME)
    assert not is_accepted(brand, forged)
    assert len(published(brand)) == 1
    assert access_tokens.key_id(forged) not in published(brand)


def test_twice_a_day_is_once(brand: Brand, days: Days) -> None:
    token_of(brand)
    days.later(ROTATE_AFTER)
    assert [handler({})["processed"] for _ in range(2)] == [1, 0]


def test_a_year_of_rotations_leaves_the_current_keys_alone(brand: Brand, days: Days) -> None:
    token_of(brand)
    for _ in range(366):
        days.later(timedelta(days=1))
        assert handler({})["failed"] == 0
    assert is_accepted(brand, token_of(brand))
    assert 1 <= len(published(brand)) <= 2
