"""Whoever calls whichever endpoint, by whatever address, with whatever headers: problem+json, never a 5xx, and nobody in who may not.

Who gets what: see test_doors_refuse_bad_input.py.
"""

import json
from typing import Any

import pytest

from shared.identity.callers import Member
from tests import bad_input
from tests.bad_input import Door, for_each, is_refused
from tests.doors import admitted, caller_of, is_served, spec_of
from tests.json_values import valid

pytestmark = pytest.mark.usefixtures("bus", "providers")


def test_nobody_comes_in_by_what_is_broken_or_another_brands(door: Door, subtests: pytest.Subtests) -> None:
    for check in (
        a_broken_token_is_nobodys,
        another_brands_caller_is_nobody_here,
        a_broken_cart_token_opens_nothing,
        where_a_key_is_required_its_absence_is_a_400,
    ):
        with subtests.test(check.__name__):
            check(door)


def test_no_address_and_no_header_breaks_a_door(door: Door, subtests: pytest.Subtests) -> None:
    for check in (
        a_repeated_query_key_is_refused_where_one_is_meant,
        odd_values_in_the_query_are_never_our_fault,
        a_query_that_cannot_be_read_is_at_most_a_400,
        a_path_that_names_nothing_is_a_404,
        odd_headers_are_never_our_fault,
    ):
        with subtests.test(check.__name__):
            check(door)


def a_broken_token_is_nobodys(door: Door) -> None:
    kind = caller_of(door.name)
    if kind is None or not issubclass(kind, Member):
        return
    caller = door.caller()
    good = caller.headers["authorization"].removeprefix("Bearer ")
    shown = [f"Bearer {token}" for token in bad_input.broken_tokens(good)]
    for authorization in door.some([*shown, "", good, f"Basic {good}", f"Bearer{good}"]):
        is_refused(caller.send(door.name, headers={"authorization": authorization}), 401)


def another_brands_caller_is_nobody_here(door: Door) -> None:
    kind = caller_of(door.name)
    if kind is None or kind.who == "public":
        return
    stranger = admitted(door.name, door.elsewhere)
    answer = stranger.send(door.name, headers={"x-brand": door.here.slug})
    is_refused(answer, 401 if issubclass(kind, Member) else 404)


def a_broken_cart_token_opens_nothing(door: Door) -> None:
    kind = caller_of(door.name)
    if kind is None or kind.who != "cart":
        return
    caller = door.caller()
    for token in bad_input.NO_CART_TOKENS:
        is_refused(caller.send(door.name, headers={"x-cart-token": token}), 401, 404)


def where_a_key_is_required_its_absence_is_a_400(door: Door) -> None:
    if spec_of(door.name).idempotency != "required" or door.schema is None:
        return
    caller = door.caller()

    def needs_a_key(body: Any) -> None:
        for key in ("", " ", None):
            headers = {} if key is None else {"idempotency-key": key}
            answer = caller.send(door.name, json.dumps(body), headers=headers)
            # What the schema cannot say is looked at first.
            is_refused(answer, 400, 422)
            if answer.status == 400:
                assert answer.code == "idempotency_key_required"

    for_each(door, valid(door.schema), needs_a_key, 5)


def a_repeated_query_key_is_refused_where_one_is_meant(door: Door) -> None:
    caller = door.caller()
    is_served(caller.send(door.name, "{}", raw_query="utm_source=a&utm_source=b&page&page="))
    for field, info in door.query.items():
        answer = caller.send(door.name, raw_query=f"{field}=1&{field}=1")
        is_served(answer)
        # A query that names the brand is judged as a brand first.
        if "list[" not in str(info.annotation) and answer.code != "brand_not_found":
            assert answer.status == 422
            assert answer.body["errors"][0]["code"] == "repeated"


def odd_values_in_the_query_are_never_our_fault(door: Door) -> None:
    caller = door.caller()
    for field in door.query:
        for value in bad_input.ODD_VALUES:
            is_served(caller.send(door.name, raw_query=f"{field}={value}"))
    if not door.query:
        for value in door.some(bad_input.ODD_VALUES):
            is_served(caller.send(door.name, raw_query=f"page={value}"))
    if "limit" in door.query:
        is_refused(caller.send(door.name, raw_query="limit=101"), 422)
        is_refused(caller.send(door.name, raw_query="limit=0"), 422)


def a_query_that_cannot_be_read_is_at_most_a_400(door: Door) -> None:
    caller = door.caller()
    for raw_query in door.some(bad_input.ODD_QUERIES):
        is_served(caller.send(door.name, "{}", raw_query=raw_query))


def a_path_that_names_nothing_is_a_404(door: Door) -> None:
    caller = door.caller()
    for key, kind in spec_of(door.name).signature.path.items():
        # What is text goes on to the story.
        for value in bad_input.ODD_PATHS if kind is str else door.some(bad_input.ODD_PATHS):
            answer = caller.send(door.name, path_params={key: value})
            is_served(answer)
            if kind is not str and answer.status not in (400, 422):
                assert answer.status in (401, 404), (value, answer)


def odd_headers_are_never_our_fault(door: Door) -> None:
    caller = door.caller()
    for header, value in door.some(bad_input.ODD_HEADERS):
        is_served(caller.send(door.name, "{}", headers={header: value}))
