"""OPTIONS /{proxy+}"""

from functions.platform.answer_preflight import handler
from shared.platform.brands import Brand
from tests.gateway import Answer, call


def preflight(brand: Brand, origin: str) -> Answer:
    return call(
        handler,
        "OPTIONS",
        "/v1/store/cart",
        path_params={"proxy": "v1/store/cart"},
        headers={"x-brand": brand.slug, "origin": origin, "access-control-request-method": "POST"},
    )


def test_the_brands_own_store_may_send_its_headers(brand: Brand) -> None:
    answer = preflight(brand, brand.store_url)
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["access-control-allow-origin"] == brand.store_url
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "X-Cart-Token" in answer.headers["access-control-allow-headers"]
    assert "Origin" in answer.headers["vary"]


def test_a_stranger_is_allowed_nothing(brand: Brand) -> None:
    assert "access-control-allow-origin" not in preflight(brand, "https://elsewhere.example").headers
