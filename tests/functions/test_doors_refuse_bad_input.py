"""Whatever body is sent to whichever endpoint: problem+json, never a 5xx.

One door of each kind gets all of it (tests/bad_input.py), every other one a sample; what its own model takes is tried at each.
`make doors` sends everything to every door.
"""

import json
from typing import Any

import pytest

from tests import bad_input
from tests.bad_input import Door, for_each, is_refused
from tests.doors import ROUTES, handler_of, is_served
from tests.gateway import http_event, read
from tests.json_values import nearly_valid

pytestmark = pytest.mark.usefixtures("bus", "providers")

PROVIDER_AWAY = {"verification_unavailable"}


def test_no_body_that_is_sent_breaks_a_door(door: Door, subtests: pytest.Subtests) -> None:
    for check in (
        a_body_that_is_no_json_is_a_400,
        json_that_is_no_object_is_a_422,
        a_field_that_nobody_asked_for_is_named,
        a_field_that_is_missing_is_named,
        wrong_types_and_odd_values_are_never_our_fault,
        two_mebibytes_are_a_413,
        a_body_that_only_claims_to_be_base64_is_refused,
        a_body_in_base64_is_the_body,
    ):
        with subtests.test(check.__name__):
            check(door)


def a_body_that_is_no_json_is_a_400(door: Door) -> None:
    caller = door.caller()
    for body in door.some(bad_input.NO_JSON):
        answer = caller.send(door.name, body)
        is_served(answer)
        if door.schema is not None:
            assert (answer.status, answer.code) == (400, "malformed_json"), body[:20]


def json_that_is_no_object_is_a_422(door: Door) -> None:
    caller = door.caller()
    for body in door.some(bad_input.NO_OBJECT):
        answer = caller.send(door.name, body)
        is_served(answer)
        if door.schema is not None:
            assert (answer.status, answer.code) == (422, "validation_failed"), body


def a_field_that_nobody_asked_for_is_named(door: Door) -> None:
    caller, taken = door.caller(), (door.schema or {}).get("properties", {})
    for field in door.some([name for name in bad_input.NOT_ASKED_FOR if name not in taken]):
        answer = caller.send(door.name, {field: "x"})
        is_served(answer)
        if door.schema is not None:
            errors = [(error["field"], error["code"]) for error in answer.body["errors"]]
            assert answer.status == 422
            assert (field, "extra_forbidden") in errors


def a_field_that_is_missing_is_named(door: Door) -> None:
    answer = door.caller().send(door.name, {})
    is_served(answer)
    if door.schema and door.schema.get("required"):
        assert answer.status == 422
        assert {error["field"] for error in answer.body["errors"]} >= set(door.schema["required"])


def wrong_types_and_odd_values_are_never_our_fault(door: Door) -> None:
    if door.schema is None:
        return
    caller = door.caller()

    def is_answered(body: Any) -> None:
        answer = caller.send(door.name, json.dumps(body))
        if answer.status != 503 or answer.code not in PROVIDER_AWAY:
            is_served(answer)

    for_each(door, nearly_valid(door.schema), is_answered, bad_input.EXAMPLES)


def two_mebibytes_are_a_413(door: Door) -> None:
    caller = door.caller()
    for body in door.some(bad_input.two_mebibytes(), 1):
        answer = caller.send(door.name, body)
        is_refused(answer, 413)
        assert answer.headers["x-request-id"] == answer.body["request_id"]


def a_body_that_only_claims_to_be_base64_is_refused(door: Door) -> None:
    caller = door.caller()
    method, path = ROUTES[door.name]
    event = http_event(method, path, headers=caller.headers, path_params=caller.path_params)
    for text in door.some(bad_input.NO_BASE64):
        answer = read(handler_of(door.name)(event | {"body": text, "isBase64Encoded": True}, None))
        is_refused(answer, 400)
        assert answer.code == "malformed_body", text


def a_body_in_base64_is_the_body(door: Door) -> None:
    plain, encoded = (door.caller().send(door.name, body) for body in ("{}", b"{}"))
    is_served(plain)
    assert plain.status == encoded.status
