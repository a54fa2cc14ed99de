"""Those who edit the catalogue in tests: one call a deed."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from shared.identity.permissions import Role
from shared.inventory import movements
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer, call
from tests.people import Person

_ROUTES = {
    "list_admin_products": ("GET", "/v1/admin/products"),
    "create_product": ("POST", "/v1/admin/products"),
    "get_admin_product": ("GET", "/v1/admin/products/{product_id}"),
    "change_product": ("PATCH", "/v1/admin/products/{product_id}"),
    "delete_product": ("DELETE", "/v1/admin/products/{product_id}"),
    "publish_product": ("POST", "/v1/admin/products/{product_id}/publish"),
    "archive_product": ("POST", "/v1/admin/products/{product_id}/archive"),
    "duplicate_product": ("POST", "/v1/admin/products/{product_id}/duplicate"),
    "add_variant": ("POST", "/v1/admin/products/{product_id}/variants"),
    "change_variant": ("PATCH", "/v1/admin/products/{product_id}/variants/{variant_id}"),
    "remove_variant": ("DELETE", "/v1/admin/products/{product_id}/variants/{variant_id}"),
    "list_admin_categories": ("GET", "/v1/admin/categories"),
    "create_category": ("POST", "/v1/admin/categories"),
    "change_category": ("PATCH", "/v1/admin/categories/{category_id}"),
    "delete_category": ("DELETE", "/v1/admin/categories/{category_id}"),
    "list_tags": ("GET", "/v1/admin/tags"),
    "create_tag": ("POST", "/v1/admin/tags"),
    "change_tag": ("PATCH", "/v1/admin/tags/{tag_id}"),
    "delete_tag": ("DELETE", "/v1/admin/tags/{tag_id}"),
    "set_seo": ("PUT", "/v1/admin/seo/{entity_type}/{entity_id}"),
    "list_redirects": ("GET", "/v1/admin/redirects"),
    "create_redirect": ("POST", "/v1/admin/redirects"),
    "change_redirect": ("PATCH", "/v1/admin/redirects/{redirect_id}"),
    "delete_redirect": ("DELETE", "/v1/admin/redirects/{redirect_id}"),
}


@dataclass(frozen=True)
class Editor:
    """Somebody of a brand's staff."""

    person: Person

    @classmethod
    def of(cls, brand: Brand, role: Role = Role.MANAGER) -> "Editor":
        """A manager unless another role is given."""
        return cls(Person.staff(brand, role))

    def do(
        self,
        deed: str,
        body: Any = None,
        *,
        version: int | None = None,
        query: dict[str, Any] | None = None,
        **ids: Any,
    ) -> Answer:
        """Call the function of this name; with a `version`, for it alone."""
        method, path = _ROUTES[deed]
        more = {} if version is None else {"if-match": f'"{version}"'}
        handler = import_module(f"functions.catalog.{deed}").handler
        return self.person.call(handler, method, path, body, more=more, query=query, **ids)

    def product(self, **more: Any) -> dict[str, Any]:
        """A new draft with one variant at 10.00 EUR, unless told otherwise."""
        wish = {"title": "Bol Dyle", "variants": [priced("BOL-1")]} | more
        answer = self.do("create_product", wish)
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def published(self, **more: Any) -> dict[str, Any]:
        """A new product in the shop."""
        made = self.product(**more)
        answer = self.do("publish_product", product_id=made["id"])
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def category(self, title: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
        """A new category."""
        answer = self.do("create_category", {"title": title, "parent_id": parent, **more})
        assert answer.status == 201, answer.body
        return dict(answer.body)


def euros(amount: int) -> dict[str, Any]:
    """So many cents."""
    return {"amount": amount, "currency": "EUR"}


def priced(sku: str, amount: int = 1000, **more: Any) -> dict[str, Any]:
    """What is asked for of a variant."""
    return {"sku": sku, "price": euros(amount), **more}


def supply(brand: Brand, variant_id: UUID, units: int) -> None:
    """Put units of a variant in stock."""
    with begin(brand, "test") as work:
        movements.move(work, variant_id, "in", units, "delivery", "test")


def look(brand: Brand, slug: str) -> Answer:
    """What the shop answers."""
    handler = import_module("functions.catalog.get_product").handler
    path = f"/v1/store/products/{slug}"
    return call(handler, "GET", path, headers={"x-brand": brand.slug}, path_params={"slug": slug})
