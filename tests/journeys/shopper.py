"""People of the demo shop, over HTTP: a guest who buys, and the staff who look on."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from local.demo.brands import PASSWORD
from local.demo.ids import COFFEE_VARIANT
from tests.journeys.local_run import LocalRun

PARIS = {
    "first_name": "Léa",
    "last_name": "Martin",
    "line1": "1 rue de la Paix",
    "postcode": "75002",
    "city": "Paris",
    "country": "FR",
}
ABROAD = {
    "BE": PARIS | {"line1": "Rue Neuve 1", "postcode": "1000", "city": "Bruxelles", "country": "BE"},
    "LU": PARIS | {"line1": "2 Grand-Rue", "postcode": "1660", "city": "Luxembourg", "country": "LU"},
    "CH": PARIS | {"line1": "3 rue du Rhône", "postcode": "1204", "city": "Genève", "country": "CH"},
}
VISA = "pm_card_visa"
DECLINED = "pm_card_chargeDeclined"
_STRIPE_KEY = "sk_test_local"


@dataclass
class Shopper:
    """A guest with an address of their own; `cart` and `order` are what was last answered of them."""

    run: LocalRun
    language: str = "fr"
    email: str = ""
    token: str = ""
    cart: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    payment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.email = self.email or f"{uuid.uuid4().hex[:12]}@example.com"

    def start(self, **wanted: Any) -> "Shopper":
        """Take a cart."""
        answer = self.run.http.post("/v1/store/cart", json=wanted, headers={"Accept-Language": self.language})
        assert answer.status_code == 201, answer.text + self.run.logs()
        self.cart = answer.json()
        self.token = self.cart["token"]
        return self

    def add(self, variant: object = COFFEE_VARIANT, quantity: int = 1) -> httpx.Response:
        """Put units into the cart."""
        return self._change("POST", "/items", {"variant_id": str(variant), "quantity": quantity})

    def filled(self, variant: object = COFFEE_VARIANT, quantity: int = 1) -> "Shopper":
        """Somebody with so much in a new cart."""
        added = self.start().add(variant, quantity)
        assert added.status_code == 201, added.text + self.run.logs()
        return self

    def change(self, quantity: int) -> httpx.Response:
        """Set the quantity of the first line."""
        return self._change("PATCH", f"/items/{self.cart['items'][0]['id']}", {"quantity": quantity})

    def remove(self) -> httpx.Response:
        """Take the first line out."""
        return self._change("DELETE", f"/items/{self.cart['items'][0]['id']}")

    def look(self) -> httpx.Response:
        """The cart as it stands."""
        return self._change("GET", "")

    def wish(self, **changed: Any) -> dict[str, Any]:
        """The body of a checkout to Paris by home delivery."""
        return {
            "cart_id": self.cart["id"],
            "email": self.email,
            "shipping_address": PARIS,
            "shipping_option_id": "standard",
            "gateway": "stripe",
        } | changed

    def preview(self, **changed: Any) -> httpx.Response:
        """What it would cost."""
        return self.run.http.post(
            "/v1/store/checkout/preview", json=self.wish(**changed), headers=self.headers()
        )

    def check_out(self, key: str | None = None, **changed: Any) -> httpx.Response:
        """Check out, under a new Idempotency-Key unless one is given."""
        answer = self.run.http.post(
            "/v1/store/checkout",
            json=self.wish(**changed),
            headers=self.headers() | {"Idempotency-Key": key or str(uuid.uuid4())},
        )
        if answer.status_code == 201:
            self.order, self.payment = answer.json()["order"], answer.json()["payment"]
        return answer

    def ordered(self, variant: object = COFFEE_VARIANT, quantity: int = 1) -> "Shopper":
        """Somebody whose order waits for its payment."""
        made = self.filled(variant, quantity).check_out()
        assert made.status_code == 201, made.text + self.run.logs()
        return self

    def pay(self, card: str = VISA) -> httpx.Response:
        """Confirm the payment at the local Stripe, as Stripe's form does; webhooks follow on their own time."""
        return self.run.http.post(
            f"/_local/stripe/v1/payment_intents/{self.payment['intent_id']}/confirm",
            data={"client_secret": self.payment["client_secret"], "payment_method": card},
        )

    def paid(self, variant: object = COFFEE_VARIANT, quantity: int = 1) -> "Shopper":
        """Somebody who has paid; what follows may still be on its way."""
        answer = self.ordered(variant, quantity).pay()
        assert answer.json()["status"] == "succeeded", answer.text
        return self

    def mails(self) -> list[dict[str, Any]]:
        """What was sent to them."""
        return self.run.mails(self.email)

    def headers(self) -> dict[str, str]:
        """The cart's token."""
        return {"X-Cart-Token": self.token}

    def _change(self, method: str, path: str, body: Any = None) -> httpx.Response:
        answer = self.run.http.request(
            method, f"/v1/store/cart/{self.cart['id']}{path}", json=body, headers=self.headers()
        )
        if answer.is_success:
            self.cart = answer.json()
        return answer


class Staff:
    """A member of the demo's staff, signed in; `brand` and `email` make it somebody else's."""

    def __init__(self, run: LocalRun, email: str = "support@demo.test", brand: str = "demo") -> None:
        self.run = run
        self.headers = {"X-Brand": brand}
        login = {"email": email, "password": PASSWORD}
        answer = run.http.post("/v1/admin/auth/login", json=login, headers=self.headers)
        assert answer.status_code == 200, answer.text + run.logs()
        self.session = answer.json()
        self.headers["Authorization"] = f"Bearer {self.session['access_token']}"

    def get(self, path: str, **query: Any) -> httpx.Response:
        """What they are answered."""
        return self.run.http.get(path, params=query, headers=self.headers)

    def order(self, order_id: object) -> dict[str, Any]:
        """An order."""
        answer = self.get(f"/v1/admin/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def orders_of(self, email: str) -> list[dict[str, Any]]:
        """The orders under an address, the latest first."""
        return list(self.get("/v1/admin/orders", q=email, limit=100).json()["data"])

    def stock(self, variant: object) -> dict[str, Any]:
        """A variant's stock."""
        answer = self.get(f"/v1/admin/inventory/{variant}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def levels(stock: dict[str, Any]) -> tuple[int, int, int]:
    """On hand, reserved, available."""
    return stock["on_hand"], stock["reserved"], stock["available"]


def intents_of(run: LocalRun, order_id: str) -> list[dict[str, Any]]:
    """The PaymentIntents that the local Stripe has of an order."""
    answer = run.http.get(
        "/_local/stripe/v1/payment_intents/search",
        params={"query": f"metadata['order_id']:'{order_id}'", "limit": 100},
        headers={"Authorization": f"Bearer {_STRIPE_KEY}"},
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])
