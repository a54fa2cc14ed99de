"""Addresses at the ways in: one mailbox, one key; slips; what is thrown away tomorrow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.email_addresses import account_key
from shared.identity.email_checks import check, distance, is_disposable, suggestions
from shared.identity.user_agents import device_label


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Maison.example", " ada@maison.EXAMPLE "),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@MÜNCHEN.de", "ADA@münchen.DE"),
        ("ａda@maison.example", "ada@maison.example"),
    ],
)
def test_spellings_of_one_mailbox_share_a_key(one: str, other: str) -> None:
    assert account_key(one) == account_key(other)


@pytest.mark.parametrize(
    "other", ["аda@maison.example", "ada@mаison.example", "ada+x@maison.example", "ada@maıson.example"]
)
def test_what_only_looks_alike_has_a_key_of_its_own(other: str) -> None:
    assert account_key(other) != account_key("ada@maison.example")


@given(st.text(max_size=60))
def test_any_text_is_looked_at(text: str) -> None:
    found = check(text)
    assert (found.normalized is None) == (found.reason is not None)
    assert account_key(account_key(text)) == account_key(text)


@given(st.text(max_size=12), st.text(max_size=12))
def test_slips_are_counted_the_same_both_ways(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "slips"), [("gmial", "gmail", 1), ("gmal", "gmail", 1), ("", "abc", 3)]
)
def test_swapped_neighbours_are_one_slip(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips


@pytest.mark.parametrize("known", ["gmail.com", "mail.com", "orange.fr", "free.fr", "live.de", "proton.me"])
def test_a_known_provider_is_no_slip(known: str) -> None:
    assert suggestions(f"ada@{known}") == []


def test_a_suggestion_keeps_what_stands_before_the_at() -> None:
    assert suggestions("Ada.Byron+shop@gmial.com") == ["Ada.Byron+shop@gmail.com"]


@pytest.mark.parametrize(
    ("domain", "thrown_away"),
    [
        ("mailinator.com", True),
        ("a.b.mailinator.com", True),
        ("MAILINATOR.COM.", True),
        ("com", False),
        ("maison.example", False),
    ],
)
def test_domains_below_one_that_is_thrown_away_are_too(domain: str, thrown_away: bool) -> None:
    assert is_disposable(domain) is thrown_away


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("curl/8.9", None),
        ("", None),
        ("<b>Call us</b>", None),
    ],
)
def test_a_browser_is_called_in_our_words(agent: str, label: str | None) -> None:
    assert device_label(agent) == label
