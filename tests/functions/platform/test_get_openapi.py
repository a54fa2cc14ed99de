"""GET /v1/openapi.json"""

from functions.platform.get_openapi import handler
from tests.gateway import call


def test_the_document_is_served_and_may_be_kept() -> None:
    answer = call(handler, "GET", "/v1/openapi.json")
    assert (answer.status, answer.body["openapi"]) == (200, "3.1.0")
    assert "/v1/openapi.json" in answer.body["paths"]
    assert answer.headers["cache-control"].startswith("public, max-age=")


def test_who_has_it_already_is_told_so() -> None:
    etag = call(handler, "GET", "/v1/openapi.json").headers["etag"]
    answer = call(handler, "GET", "/v1/openapi.json", headers={"if-none-match": etag})
    assert (answer.status, answer.body) == (304, "")
