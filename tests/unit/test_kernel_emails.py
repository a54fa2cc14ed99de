"""Email addresses as identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.emails import email_key


@pytest.mark.parametrize("spelling", ["ada@demo.test", " Ada@Demo.Test ", "ADA@DEMO.TEST", "ａda@demo.test"])
def test_spellings_of_one_address_share_a_key(spelling: str) -> None:
    assert email_key(spelling) == "ada@demo.test"


def test_letters_of_another_alphabet_are_another_address() -> None:
    assert email_key("аda@demo.test") != email_key("ada@demo.test")


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)
