"""Which passwords anybody would guess."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import common_passwords
from shared.identity.common_passwords import is_common

LIST = Path(common_passwords.__file__).parent / "data" / "common_passwords.txt"


@pytest.mark.parametrize(
    "password",
    [
        "1qaz2wsx3edc4rfv",
        "password1234",
        "Password123!!",
        "P@ssw0rd2024",
        "!!football99!",
        "Motdepasse2024",
        "azertyuiop123",
        "passwordpassword",
        "Passw0rd!Passw0rd!",
        "abcabcabcabc",
        "aaaaaaaaaaaa",
        "123456789012",
        "210987654321",
        "abcdefghijklmnop",
        "qwertyuiop[]",
        "ｐａｓｓｗｏｒｄ１２３４",
    ],
)
def test_what_everybody_tries_first_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "demo-Passw0rd!",
        "sunshine and rain on tuesdays",
        "j'ai vendu 3 vélos à Namur",
        "Tr0ub4dor&3xyz",
        "love83920174629",
        "korrektes-Pferd",
    ],
)
def test_what_took_some_thought_is_not(password: str) -> None:
    assert not is_common(password)


@pytest.mark.parametrize(
    "password", ["ada@maison.example", "ada.lovelace.2024", "Lovelace2024!", "Maison-du-Quai!"]
)
def test_what_stands_on_one_s_letterhead_is_common(password: str) -> None:
    about = ("ada@maison.example", "ada.lovelace@maison.example", "Ada Lovelace", "Maison du Quai")
    assert is_common(password.replace("-du-Quai!", " du Quai"), about)
    assert not is_common("correct horse battery staple", about)


@given(st.sampled_from(LIST.read_text().split()), st.sampled_from(["", "1", "12!", "2024"]))
def test_nothing_of_the_list_is_let_through_in_any_case(password: str, ending: str) -> None:
    assert is_common(password)
    assert is_common(password.upper())
    if password.isalpha() and password.isascii():
        assert is_common(password.title() + ending)


@given(st.text(max_size=128))
def test_any_text_is_judged(password: str) -> None:
    assert is_common(password) in (True, False)


def test_the_list_is_what_its_licences_say() -> None:
    words = LIST.read_text().splitlines()
    assert words == sorted(set(words))
    assert len(words) > 30_000
    assert min(map(len, words)) == 6
    assert (LIST.parent / "LICENSES").read_text().startswith("common_passwords.txt: ")
