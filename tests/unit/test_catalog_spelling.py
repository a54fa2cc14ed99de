"""Which word was probably meant."""

import pytest

from shared.catalog.spelling import nearest

WORDS = ["cafetiere", "cafe", "cave", "tasse", "tasses", "chaise", "chaussure", "theiere", "the"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cafetier", "cafetiere"),
        ("caftiere", "cafetiere"),
        ("cafeteire", "cafetiere"),
        ("tase", "tasse"),
        ("chasie", "chaise"),
        ("chausure", "chaussure"),
        ("caef", "cafe"),
        ("theire", "theiere"),
    ],
)
def test_a_letter_missed_doubled_swapped_or_wrong(typed: str, meant: str) -> None:
    assert nearest(typed, WORDS)[0] == meant


@pytest.mark.parametrize("typed", ["ca", "xylophone", "123", "a4", "", "cafetieresss"])
def test_what_is_too_short_too_far_or_a_number_stays(typed: str) -> None:
    assert nearest(typed, WORDS)[0] == typed
