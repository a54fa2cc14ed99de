"""The form encoding of the official library is read back as it was meant."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from local.stripe import cards, forms, schemas
from local.stripe.errors import ApiError

_NAMES = st.text("abcdefghij_", min_size=1, max_size=6)
_LEAVES = st.text(max_size=8)
_TREES = st.dictionaries(
    _NAMES,
    st.recursive(
        _LEAVES,
        lambda inner: st.one_of(
            st.dictionaries(_NAMES, inner, min_size=1, max_size=3),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=8,
    ),
    max_size=4,
)


def as_sent(data: Any) -> Any:
    """The data as the wire has it: lists are mappings from their index."""
    if isinstance(data, dict):
        return {key: as_sent(value) for key, value in data.items()}
    if isinstance(data, list):
        return {str(index): as_sent(value) for index, value in enumerate(data)}
    return data


@given(_TREES)
def test_what_the_library_encodes_is_parsed_back(tree: dict[str, Any]) -> None:
    assert forms.parse(urlencode(list(_api_encode(tree)))) == as_sent(tree)


@given(st.text(max_size=60))
def test_any_body_is_read_or_refused(body: str) -> None:
    reader = forms.Reader(schemas.requests()["definitions"])
    try:
        reader.read(forms.parse(body), "PaymentIntentCreateParams")
    except ApiError as error:
        assert error.status == 400  # noqa: PT017


def test_empty_brackets_append() -> None:
    assert forms.parse("expand[]=a&expand[]=b") == {"expand": {"0": "a", "1": "b"}}


def test_every_operation_names_a_definition() -> None:
    known = schemas.requests()
    assert set(known["operations"].values()) <= set(known["definitions"])


def test_test_cards_are_known_by_token_number_and_both_spellings() -> None:
    assert cards.test_name("tok_visa") == "pm_card_visa"
    assert cards.test_name("4242 4242 4242 4242") == "pm_card_visa"
    assert cards.test_name("pm_card_visa_chargeDeclined") == "pm_card_chargeDeclined"
    assert cards.test_name("pm_123") is None


def test_a_broken_object_is_never_answered() -> None:
    with pytest.raises(schemas.Broken):
        schemas.check_object({"object": "refund", "id": "re_1"})
