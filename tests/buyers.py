"""Buyers for tests: something for sale, carts, and what becomes of their orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from functions.cart.add_item import handler as add_item
from functions.cart.change_item import handler as change_item
from functions.cart.create_cart import handler as create_cart
from functions.cart.get_cart import handler as get_cart
from functions.cart.remove_item import handler as remove_item
from functions.checkout.check_out import handler as check_out
from functions.checkout.preview_checkout import handler as preview_checkout
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.catalog.creation import NewPrice
from shared.kernel.ids import new_id
from shared.orders.reading import read_order
from shared.orders.shapes import Order
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer, Bus, batch, call
from tests.shop import product, sell, variant
from tests.till import Till

EMAIL = "ada@example.com"
PARIS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 rue de Rivoli",
    "postcode": "75001",
    "city": "Paris",
    "country": "FR",
}
BRUSSELS = PARIS | {"line1": "Rue Neuve 1", "postcode": "1000", "city": "Bruxelles", "country": "BE"}


def for_sale(
    brand: Brand,
    units: int = 10,
    *,
    price: int = 1999,
    currency: str = "EUR",
    title: str = "Mug",
    points: int | None = None,
    weight_g: int | None = 300,
    tax_category: str = "standard",
    **more: Any,
) -> UUID:
    """A variant of a new, published product, with so many units in stock; `more` is of the product."""
    name = uuid4().hex[:12]
    sold = variant(
        f"SKU-{name}",
        NewPrice(currency=currency, amount=price),
        price_points=points,
        weight_g=weight_g,
        tax_category=tax_category,
    )
    sell(brand, product(f"{title.lower()}-{name}", sold, title=title, images=(), **more), units=units)
    return sold.id


def set_price(brand: Brand, variant: UUID, amount: int, currency: str = "EUR") -> None:
    """Give a variant this regular price."""
    with begin(brand, "test") as work:
        work.run(
            "INSERT INTO catalog.variant_prices (id, variant_id, currency, amount, created_at)"
            " VALUES (%(id)s, %(variant)s, %(currency)s, %(amount)s, %(now)s)"
            " ON CONFLICT (brand_id, variant_id, currency) WHERE starts_at IS NULL AND ends_at IS NULL"
            " DO UPDATE SET amount = excluded.amount",
            id=new_id(work.now),
            variant=variant,
            currency=currency,
            amount=amount,
            now=work.now,
        )


def archive(brand: Brand, variant: UUID) -> None:
    """Take a variant's product off the shop."""
    with begin(brand, "test") as work:
        work.run(
            "UPDATE catalog.products SET status = 'archived'"
            " WHERE id = (SELECT product_id FROM catalog.product_variants WHERE id = %(id)s)",
            id=variant,
        )


@dataclass
class Buyer:
    """Somebody with a cart."""

    brand: Brand
    cart_id: str
    token: str

    @classmethod
    def of(cls, brand: Brand, **wanted: Any) -> "Buyer":
        """A buyer with a new cart."""
        cart = call(create_cart, "POST", "/v1/store/cart", wanted, headers={"x-brand": brand.slug}).body
        return cls(brand, cart["id"], cart["token"])

    @property
    def headers(self) -> dict[str, str]:
        """The cart's token, and the brand."""
        return {"x-brand": self.brand.slug, "x-cart-token": self.token}

    def add(self, variant: UUID, quantity: int = 1, **more: Any) -> Answer:
        """Put units into the cart."""
        body = {"variant_id": str(variant), "quantity": quantity, **more}
        return self._send(add_item, "POST", "/items", body)

    def change(self, item_id: str, quantity: Any) -> Answer:
        """Set a line's quantity."""
        return self._send(change_item, "PATCH", f"/items/{item_id}", {"quantity": quantity}, item_id=item_id)

    def remove(self, item_id: str) -> Answer:
        """Take a line out."""
        return self._send(remove_item, "DELETE", f"/items/{item_id}", item_id=item_id)

    def look(self) -> Answer:
        """The cart as it stands."""
        return self._send(get_cart, "GET", "")

    def _send(self, handler: Any, method: str, path: str, body: Any = None, **params: str) -> Answer:
        return call(
            handler,
            method,
            f"/v1/store/cart/{self.cart_id}{path}",
            body,
            headers=self.headers,
            path_params={"cart_id": self.cart_id, **params},
        )

    def wish(self, **changed: Any) -> dict[str, Any]:
        """The body of a checkout to Paris by home delivery, paid with Stripe."""
        return {
            "cart_id": self.cart_id,
            "email": EMAIL,
            "shipping_address": PARIS,
            "shipping_option_id": "standard",
            "gateway": "stripe",
        } | changed

    def preview(self, **changed: Any) -> Answer:
        """What it would cost."""
        return call(
            preview_checkout, "POST", "/v1/store/checkout/preview", self.wish(**changed), headers=self.headers
        )

    def check_out(self, key: str | None = None, **changed: Any) -> Answer:
        """Check out, under a new idempotency key unless one is given."""
        headers = self.headers | {"idempotency-key": key or uuid4().hex}
        return call(check_out, "POST", "/v1/store/checkout", self.wish(**changed), headers=headers)


def captured(brand: Brand, till: Till, bus: Bus, checked_out: Answer) -> None:
    """Pay a checked-out order and let the consumer of the capture run."""
    till.pay(brand, checked_out.body["payment"]["intent_id"])
    deliver(bus, on_payment_captured, "payment.captured")


def deliver(bus: Bus, handler: Any, kind: str) -> Mapping[str, Any]:
    """Publish what waits and give all events of a kind, from the first on, to a consumer."""
    bus.relay()
    answer: Mapping[str, Any] = handler(batch(bus.of(kind)), None)
    return answer


def order_of(brand: Brand, order_id: str) -> Order:
    """The order as staff see it."""
    with begin(brand, "test") as work:
        return read_order(work, UUID(order_id))
