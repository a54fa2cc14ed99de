"""The CDN before both APIs: what it tells them of the visitor, what it keeps, and for whom."""

import json
import subprocess
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from shared.platform.doors.answers import Public
from shared.platform.http import HttpResponse
from tests.architecture.translated import ROOT, as_written, pointed_at

EDGE = ROOT / "stacks" / "edge.yaml"
API_ORIGINS = {"public", "admin"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return {name: each["Properties"] for name, each in as_written(EDGE)["Resources"].items()}


@pytest.fixture(scope="module")
def distribution(resources: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = resources["Distribution"]["DistributionConfig"]
    return config


def behaviours(distribution: dict[str, Any]) -> list[dict[str, Any]]:
    return [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]


def run(resources: dict[str, Any], function: str, request: dict[str, Any]) -> dict[str, Any]:
    """What the CDN's function makes of a viewer's request, by a real JavaScript engine."""
    node = str(compute_driver_executable()[0])
    event = {"viewer": {"ip": "198.51.100.7"}, "request": request}
    code = f"{resources[function]['FunctionCode']}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"
    done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def test_what_a_visitor_claims_of_themselves_is_replaced(resources: dict[str, Any]) -> None:
    claimed = {
        "host": {"value": "shop.example"},
        "x-viewer-address": {"value": "10.0.0.1"},
        "x-viewer-host": {"value": "another.example"},
        "x-origin-secret": {"value": "guessed"},
        "authorization": {"value": "Bearer x"},
    }
    told = run(resources, "TellVisitor", {"uri": "/v1/store/products", "headers": claimed})["headers"]
    assert told["x-viewer-address"] == {"value": "198.51.100.7"}
    assert told["x-viewer-host"] == {"value": "shop.example"}
    assert "x-origin-secret" not in told
    assert told["authorization"] == {"value": "Bearer x"}


def test_media_are_found_without_their_prefix(resources: dict[str, Any]) -> None:
    assert (
        run(resources, "OpenMedia", {"uri": "/media/products/1.webp", "headers": {}})["uri"]
        == "/products/1.webp"
    )


def test_every_way_to_an_api_tells_the_visitor_and_shows_the_secret(distribution: dict[str, Any]) -> None:
    origins = {each["Id"]: each for each in distribution["Origins"]}
    for name in API_ORIGINS:
        [header] = origins[name]["OriginCustomHeaders"]
        assert header["HeaderName"] == "x-origin-secret"
        assert origins[name]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    for each in behaviours(distribution):
        [association] = each["FunctionAssociations"]
        told = pointed_at(association["FunctionARN"]) == "TellVisitor"
        assert told == (each["TargetOriginId"] in API_ORIGINS), each
        assert each["ViewerProtocolPolicy"] == "redirect-to-https"


def test_the_admin_api_is_never_kept_and_reached_by_its_path_alone(distribution: dict[str, Any]) -> None:
    [admin] = [each for each in behaviours(distribution) if each["TargetOriginId"] == "admin"]
    assert (admin["PathPattern"], admin["CachePolicyId"]) == (
        "/v1/admin/*",
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    )


def test_answers_are_kept_as_long_as_they_say_and_apart_for_whom_they_differ(
    resources: dict[str, Any],
) -> None:
    policy = resources["KeepPublicAnswers"]["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    headers = {name.lower() for name in key["HeadersConfig"]["Headers"]}
    answer = HttpResponse(200, "{}")
    Public(60).validate(answer)
    varies = {name.strip().lower() for name in answer.headers["vary"].split(",")} - {"accept-encoding"}
    assert varies | {"authorization", "x-cart-token", "x-api-key", "x-viewer-host"} == headers


def test_no_refusal_is_kept(distribution: dict[str, Any]) -> None:
    assert {each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]} == {0}


def test_the_secret_is_referred_to_not_written(distribution: dict[str, Any]) -> None:
    for origin in distribution["Origins"]:
        for header in origin.get("OriginCustomHeaders", ()):
            assert header["HeaderValue"]["Fn::Sub"].startswith("{{resolve:secretsmanager:")
