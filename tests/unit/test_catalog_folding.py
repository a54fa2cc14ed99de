"""What visitors type, as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.folding import fold, words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Crème brûlée !", ("creme", "brulee")),
        ("L’Œuvre & l'œuf", ("l", "oeuvre", "l", "oeuf")),
        ("STRASSE straße", ("strasse", "strasse")),
        ("  \t\n ", ()),
        ("☕🫖", ()),
        ("t-shirt XXL 100%", ("t", "shirt", "xxl", "100")),
        ("ﬁn ﬀ ½", ("fin", "ff", "1", "2")),
        ("ﻣﺮﺣﺒﺎ", ("مرحبا",)),
        ("مَرْحَبًا", ("مرحبا",)),
        ("a" * 41 + " b", ("b",)),
    ],
)
def test_words_are_bare(typed: str, words: tuple[str, ...]) -> None:
    assert words_of(typed) == words


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_hold_nothing_that_means_something_to_a_query(text: str) -> None:
    words = words_of(text)
    assert len(words) <= 10
    for word in words:
        assert 0 < len(word) <= 40
        assert not set(word) & set(" '\"\\&|!():*<>@-+\x00%_")
