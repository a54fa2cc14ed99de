"""GET /v1/notifications/unsubscribe: a page that asks; opening it changes nothing."""

import pytest

from functions.notifications.show_unsubscribe import handler
from shared.platform.brands import Brand
from tests.gateway import Answer, call
from tests.shop import change

PATH = "/v1/notifications/unsubscribe"
TOKEN = "restock." + "x" * 43


def show(token: str = TOKEN, brand: str = "maison", **headers: str) -> Answer:
    return call(handler, "GET", PATH, headers=headers, query={"token": token, "brand": brand})


def test_the_page_asks_in_the_readers_language_and_posts_to_itself(brand: Brand) -> None:
    page = show(**{"accept-language": "en"})
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert '<html lang="en">' in page.body
    assert '<form method="post">' in page.body
    assert '<html lang="fr">' in show(**{"accept-language": "de"}).body


def test_a_brands_name_is_text(brand: Brand, database: object) -> None:
    from shared.platform import brands

    change(brand, "UPDATE platform.brands SET name = '<script>'")
    brands.forget()
    assert "<script>" not in show().body


@pytest.mark.parametrize("token", ["", "restock", "restock.", ".x", "restock.<b>", "RESTOCK.x", "a.b.c"])
def test_what_is_no_link_of_ours_is_refused(brand: Brand, token: str) -> None:
    assert show(token).status == 422


def test_a_link_names_its_brand(brand: Brand) -> None:
    assert show(brand="nobody").status == 404
