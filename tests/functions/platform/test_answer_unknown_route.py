"""ANY $default"""

from functions.platform.answer_unknown_route import handler
from tests.gateway import call


def test_an_unknown_route_is_a_problem_of_ours() -> None:
    answer = call(handler, "BREW", "/coffee")
    assert (answer.status, answer.code) == (404, "route_not_found")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["request_id"] == answer.headers["x-request-id"]
