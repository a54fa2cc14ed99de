"""Behind a CDN: whom the functions believe about the visitor's address and host, and whom they turn away."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.platform import edge
from shared.platform.doors.bare import bare
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.settings import forget
from tests.gateway import call, http_event

SECRET = "s3cret-of-the-cdn"
BY_CDN = {
    "host": "abc123.execute-api.eu-west-1.amazonaws.com",
    "x-origin-secret": SECRET,
    "x-viewer-address": "198.51.100.7",
    "x-viewer-host": "shop.example",
}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    edge.forget()
    forget()
    yield
    edge.forget()
    forget()


@pytest.fixture
def behind_cdn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", SECRET)


def seen(headers: dict[str, str]) -> HttpRequest:
    return HttpRequest.from_event(http_event("GET", "/v1/health", headers=headers, source_ip="192.0.2.1"))


def test_without_a_cdn_the_gateways_word_holds_and_headers_are_only_headers() -> None:
    request = seen(BY_CDN)
    assert request.source_ip == "192.0.2.1"
    assert request.headers["host"] == BY_CDN["host"]


@pytest.mark.usefixtures("behind_cdn")
def test_the_cdn_says_who_the_visitor_is_and_which_host_they_asked_for() -> None:
    request = seen(BY_CDN)
    assert (request.source_ip, request.headers["host"]) == ("198.51.100.7", "shop.example")
    assert not {"x-origin-secret", "x-viewer-address", "x-viewer-host"} & request.headers.keys()


@pytest.mark.usefixtures("behind_cdn")
@pytest.mark.parametrize(
    "changed",
    [
        {"x-origin-secret": "guessed"},
        {"x-origin-secret": ""},
        {"x-origin-secret": SECRET + "x"},
        {"x-origin-secret": "é"},
        {"x-viewer-address": ""},
        {"x-viewer-host": ""},
    ],
)
def test_whoever_cannot_show_that_they_are_the_cdn_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(edge.NotByTheFrontDoor):
        seen(BY_CDN | changed)


@pytest.mark.usefixtures("behind_cdn")
def test_the_refusal_is_a_problem_like_any_other() -> None:
    handler = bare(
        "GET", "/v1/health", lambda _: HttpResponse(200, "{}", {"content-type": "application/json"})
    )
    answer = call(handler, "GET", "/v1/health")
    assert (answer.status, answer.code) == (403, "not_by_the_front_door")
    assert call(handler, "GET", "/v1/health", headers=BY_CDN).status == 200


def test_while_the_secret_is_rotated_the_new_and_the_one_before_are_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", json.dumps({"current": "new", "previous": SECRET}))
    assert seen(BY_CDN).source_ip == "198.51.100.7"
    assert seen(BY_CDN | {"x-origin-secret": "new"}).source_ip == "198.51.100.7"


def test_a_warm_function_learns_of_a_new_secret_and_guesses_cost_one_look_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, looks = {"value": SECRET}, 0

    def answer(_: str, __: str, ___: dict[str, Any]) -> dict[str, Any]:
        nonlocal looks
        looks += 1
        return {"SecretString": kept["value"]}

    monkeypatch.setattr("shared.platform.aws.call", answer)
    monkeypatch.setenv("ORIGIN_SECRET", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:origin")
    monkeypatch.setattr("shared.platform.edge.time.monotonic", lambda: 1000.0)
    seen(BY_CDN)
    kept["value"] = "rotated"
    assert seen(BY_CDN | {"x-origin-secret": "rotated"}).source_ip == "198.51.100.7"
    for guess in ("a", "b", "c"):
        with pytest.raises(edge.NotByTheFrontDoor):
            seen(BY_CDN | {"x-origin-secret": guess})
    assert looks == 2
