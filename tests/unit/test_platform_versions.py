"""Versions: who changes what they have not read is stopped; and what a PATCH may say."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from shared.platform.http import HttpRequest
from shared.platform.models import Change
from shared.platform.versions import IfMatch, VersionStale, etag
from tests.gateway import http_event


def if_match(*given: str) -> IfMatch:
    headers = {"If-Match": given[0]} if given else {}
    return IfMatch.of(HttpRequest.from_event(http_event("PATCH", "/", headers=headers)))


def test_a_change_made_for_this_version_passes_and_so_does_one_that_names_none() -> None:
    for named in ((), ("*",), ('"3"',), ('"2", "3"',), ('W/"3"',)):
        if_match(*named).check(3)


@pytest.mark.parametrize("named", ['"2"', "3", '""', "", '"33"', '"3', '"2", "4"', "nonsense"])
def test_a_change_made_for_another_version_is_stopped_and_told_the_right_one(named: str) -> None:
    with pytest.raises(VersionStale) as caught:
        if_match(named).check(3)
    assert (caught.value.status, caught.value.extra) == (412, {"version": 3})


def test_the_tag_of_a_version_is_a_quoted_number() -> None:
    assert etag(12) == '"12"'


class Wish(Change):
    clears: ClassVar[frozenset[str]] = frozenset({"phone"})

    name: str | None = None
    phone: str | None = None


def test_a_patch_changes_what_it_names_and_empties_what_may_be_empty() -> None:
    assert Wish.model_validate_json("{}").asked() == {}
    assert Wish.model_validate_json('{"name": "Ada"}').asked() == {"name": "Ada"}
    assert Wish.model_validate_json('{"phone": null}').asked() == {"phone": None}


def test_a_patch_cannot_empty_what_must_be_there() -> None:
    with pytest.raises(ValidationError) as caught:
        Wish.model_validate_json('{"name": null}')
    assert [error["loc"] for error in caught.value.errors()] == [("name",)]
