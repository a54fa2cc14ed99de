"""GET /v1/store/redirects."""

import pytest

from functions.catalog.find_redirect import handler
from shared.platform.brands import Brand
from tests.editors import Editor, look
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, **query: str) -> Answer:
    return call(handler, "GET", "/v1/store/redirects", headers={"x-brand": brand.slug}, query=query)


def test_a_front_learns_where_to_send_the_browser(brand: Brand) -> None:
    editor = Editor.of(brand)
    editor.do("create_redirect", {"from_path": "/vieux café", "to_path": "/x"}, version=None)
    editor.do("create_redirect", {"from_path": "/caf%C3%A9", "to_path": "/categories/cafe", "status": 302})
    answer = ask(brand, path="/café/?utm_source=mail")
    assert (answer.status, answer.body) == (
        200,
        {"from_path": "/caf%C3%A9", "to_path": "/categories/cafe", "status": 302},
    )
    assert answer.headers["cache-control"].startswith("public")
    editor.do("create_redirect", {"from_path": "/fini", "to_path": None, "status": 410})
    assert ask(brand, path="/fini").body == {"from_path": "/fini", "to_path": None, "status": 410}


def test_a_renamed_products_page_is_led_on(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    editor.do("change_product", {"slug": "bol"}, product_id=bowl["id"])
    assert ask(brand, path="/products/bol-dyle").body["to_path"] == "/products/bol"


def test_what_leads_nowhere_is_not_there(brand: Brand, another_brand: Brand) -> None:
    Editor.of(another_brand).do("create_redirect", {"from_path": "/a", "to_path": "/b"})
    for path in ("/a", "a", "//a", "/a b", "https://x.example/a", "/\x01"):
        answer = ask(brand, path=path)
        assert (answer.status, answer.code) == (404, "redirect_not_found"), path
    assert ask(brand).status == 422
    assert ask(brand, path="").status == 422
    assert ask(brand, path="/" + "x" * 1000).status == 422


def test_the_shop_itself_answers_as_the_redirect_says(brand: Brand) -> None:
    editor = Editor.of(brand)
    editor.published()
    for start, status in (("ancien", 301), ("ailleurs", 302)):
        wish = {"from_path": f"/products/{start}", "to_path": "/products/bol-dyle", "status": status}
        editor.do("create_redirect", wish)
        answer = look(brand, start)
        assert (answer.status, answer.headers["location"]) == (status, "/v1/store/products/bol-dyle")
    editor.do("create_redirect", {"from_path": "/products/fini", "to_path": None, "status": 410})
    assert (look(brand, "fini").status, look(brand, "fini").code) == (410, "product_gone")
    editor.do("create_redirect", {"from_path": "/products/page", "to_path": "/pages/bols"})
    assert look(brand, "page").status == 404, "what is no product is the front's to show"
