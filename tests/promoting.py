"""Promotions for tests: staff who make them, and buyers who use them."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from functions.billing.check_promotion import handler as check_promotion
from functions.cart.apply_promotion import handler as apply_promotion
from functions.cart.remove_promotion import handler as remove_promotion
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.gateway import Answer, call
from tests.people import Person, rows

_PATH = "/v1/admin/promotions"
_ONE = f"{_PATH}/{{promotion_id}}"
_ROUTES = {
    "list_promotions": ("GET", _PATH),
    "create_promotion": ("POST", _PATH),
    "get_promotion": ("GET", _ONE),
    "change_promotion": ("PATCH", _ONE),
    "delete_promotion": ("DELETE", _ONE),
    "create_promotion_codes": ("POST", f"{_ONE}/codes"),
}


def euros(amount: int) -> dict[str, Any]:
    """So many cents."""
    return {"amount": amount, "currency": "EUR"}


@dataclass(frozen=True)
class Promoter:
    """Somebody of a brand's staff."""

    person: Person

    @classmethod
    def of(cls, brand: Brand, role: Role = Role.MANAGER) -> "Promoter":
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
        handler = import_module(f"functions.billing.{deed}").handler
        return self.person.call(handler, method, path, body, more=more, query=query, **ids)

    def make(self, **more: Any) -> dict[str, Any]:
        """A promotion of ten per cent by the code TEN, unless told otherwise."""
        usual = {"code": "TEN", "name": "Ten", "type": "percentage", "value": 10}
        answer = self.do("create_promotion", usual | more)
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def change(self, promotion: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Change it, and see it changed."""
        answer = self.do("change_promotion", more, promotion_id=promotion["id"])
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def seen(self, promotion: dict[str, Any]) -> dict[str, Any]:
        """As it stands now."""
        answer = self.do("get_promotion", promotion_id=promotion["id"])
        assert answer.status == 200, answer.body
        return dict(answer.body)


def apply(buyer: Buyer, code: Any) -> Answer:
    """Put a code into the cart."""
    return _send(buyer, apply_promotion, "POST", "/promotions", {"code": code})


def take_out(buyer: Buyer, code: str) -> Answer:
    """Take a code out of it."""
    return _send(buyer, remove_promotion, "DELETE", "/promotions/{code}", code=code)


def check(buyer: Buyer, code: Any, **more: Any) -> Answer:
    """What a code would give on the cart."""
    body = {"code": code, "cart_id": buyer.cart_id, **more}
    return call(check_promotion, "POST", "/v1/store/promotions/check", body, headers=buyer.headers)


def _send(buyer: Buyer, handler: Any, method: str, path: str, body: Any = None, **params: str) -> Answer:
    return call(
        handler,
        method,
        f"/v1/store/cart/{buyer.cart_id}{path.format(**params)}",
        body,
        headers=buyer.headers,
        path_params={"cart_id": buyer.cart_id, **params},
    )


def shopper(brand: Brand, *variants: UUID, price: int = 2000) -> Buyer:
    """A buyer with one of each in the cart."""
    buyer = Buyer.of(brand)
    for each in variants or (for_sale(brand, price=price),):
        buyer.add(each)
    return buyer


def discount(answer: Answer) -> int:
    """What a cart, a preview or a checkout says is taken off."""
    body = answer.body.get("order", answer.body)
    return int(body["totals"]["discount"]["amount"])


def somebody() -> str:
    """An address that nobody had before."""
    return f"{uuid4().hex[:12]}@example.com"


def counted(brand: Brand, promotion: dict[str, Any]) -> tuple[int, int, int]:
    """The counter of a promotion, and what its log says: how many uses stand, and how many there were."""
    [row] = rows(
        brand,
        """SELECT p.counted_uses, count(u.id) FILTER (WHERE u.given_back_at IS NULL) AS standing, count(u.id) AS logged
             FROM billing.promotions p LEFT JOIN billing.promotion_uses u ON u.promotion_id = p.id
            WHERE p.id = %(id)s GROUP BY p.counted_uses""",
        id=promotion["id"],
    )
    return row.counted_uses, row.standing, row.logged
