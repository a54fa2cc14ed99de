"""Passwords: what may be chosen, and how they are hashed."""

import pytest
from argon2 import extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.identity import passwords
from shared.identity.passwords import WeakPassword


@pytest.mark.parametrize("length", [0, 1, 11, 129, 1_000_000])
def test_a_password_outside_12_to_128_characters_is_refused(length: int) -> None:
    with pytest.raises(WeakPassword):
        passwords.check_new("x" * length)


@pytest.mark.parametrize("length", [12, 128])
def test_a_password_of_12_to_128_characters_may_be_chosen(length: int) -> None:
    passwords.check_new(("à vélo par Namur et Dinant, " * 5)[:length])


@settings(max_examples=5)
@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=12, max_size=128))
def test_only_the_password_itself_opens_its_hash(password: str) -> None:
    stored = passwords.hash_password(password)
    assert stored.startswith("$argon2id$")
    assert password not in stored
    assert passwords.verify(password, stored)
    assert not passwords.verify(password + "x", stored)


def test_one_password_typed_on_two_keyboards_is_one_password() -> None:
    assert passwords.verify("cafe\u0301 au lait", passwords.hash_password("caf\u00e9 au lait"))


def test_nobody_has_a_password_and_costs_the_same_work() -> None:
    today = extract_parameters(passwords.hash_password("correct horse battery"))
    assert extract_parameters(passwords._NOBODY) == today
    assert (today.memory_cost, today.time_cost, today.parallelism) == (
        passwords.MEMORY_KIB,
        passwords.PASSES,
        passwords.LANES,
    )
    assert not passwords.verify("correct horse battery", None)


def test_a_broken_stored_hash_opens_for_nobody() -> None:
    assert not passwords.verify("correct horse battery", "$argon2id$broken")


def test_a_hash_of_other_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert not passwords.is_outdated(passwords.hash_password("x"))
