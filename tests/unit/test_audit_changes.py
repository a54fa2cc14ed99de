"""What an audit entry says of a change, and what it never says."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.audit_chain import canonical
from shared.kernel.money import Money
from shared.platform.audit_changes import about, changed, plain, redacted
from shared.platform.models import Response


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    LARGE = 3


class Lamp(Response):
    watts: int
    price: Money


class Row(NamedTuple):
    watts: int
    sold: bool


def test_only_what_differs_is_told() -> None:
    kept, personal = changed({"watts": 40, "sold": False}, {"watts": 60, "sold": False})
    assert (kept, personal) == ({"watts": {"before": 40, "after": 60}}, {})


def test_what_began_or_ended_has_one_side() -> None:
    assert changed(None, {"watts": 40})[0] == {"watts": {"after": 40}}
    assert changed({"watts": 40}, None)[0] == {"watts": {"before": 40}}
    assert changed(None, None) == ({}, {})


def test_models_rows_and_nested_values_are_told_by_field() -> None:
    kept, _ = changed(Row(40, False), Row(40, True))
    assert kept == {"sold": {"before": False, "after": True}}
    kept, _ = changed(Lamp(watts=40, price=Money(1000, "EUR")), Lamp(watts=40, price=Money(1200, "EUR")))
    assert kept == {"price.amount": {"before": 1000, "after": 1200}}


@pytest.mark.parametrize(
    "name", ["password", "password_hash", "apiKey", "webhook.secret", "totp_secret", "refresh_token", "iban"]
)
def test_a_secret_is_told_as_changed_and_never_by_its_value(name: str) -> None:
    assert changed({name: "one"}, {name: "two"}) == ({name: {"before": "***", "after": "***"}}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "ada"),
        ("first_name", "Ada"),
        ("shippingAddress.line1", "x"),
        ("phone", 33612345678),
        ("anything", "Some words of somebody's"),
        ("contact", "ada@example.com"),
        ("anything", {"nested": ["two words"]}),
    ],
)
def test_what_is_or_may_be_personal_can_be_erased(name: str, value: Any) -> None:
    kept, personal = changed(None, {name: value})
    assert kept == {}
    assert len(personal) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (Colour.RED, "red"),
        (Size.LARGE, 3),
        (UUID(int=7), str(UUID(int=7))),
        (datetime(2026, 1, 15, tzinfo=UTC), "2026-01-15T00:00:00+00:00"),
        (Decimal("1.50"), "1.50"),
        (1.5, "1.5"),
        (True, True),
        (None, None),
        (("a", 1), ["a", 1]),
        (Money(1, "EUR"), {"amount": 1, "currency": "EUR"}),
        ("a\x00b\ud800", "ab?"),
        ("x" * 5000, "x" * 2000),
    ],
)
def test_values_are_written_so_that_they_are_read_back_the_same(given: Any, told: Any) -> None:
    assert plain(given) == told
    assert type(plain(given)) is type(told)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=8), _ANYTHING, max_size=5))
def test_any_change_can_be_hashed_and_comes_back_from_json_unchanged(fields: dict[str, Any]) -> None:
    for told in changed({}, fields):
        assert canonical(json.loads(json.dumps(told))) == canonical(told)


def test_what_is_no_set_of_fields_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        changed(40, 60)


def test_a_deed_about_a_secret_or_a_person_is_not_told_for_ever() -> None:
    assert about({"id": "7", "token": "abc", "email": "ada@example.com", "name": "relay_outbox"}) == (
        {"id": "7", "token": "***", "name": "relay_outbox"},
        {"email": "ada@example.com"},
    )


def test_secrets_are_taken_out_however_deep_they_lie() -> None:
    given = {"a": [{"reset_token": "x", "n": 1}], "secret": {"b": 2}}
    assert redacted(given) == {"a": [{"reset_token": "***", "n": 1}], "secret": "***"}
