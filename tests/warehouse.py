"""Staff who keep stock, for tests: they call the endpoints, and a test reads what came of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from functions.inventory.change_stock_settings import handler as change_settings
from functions.inventory.create_stock_location import handler as create_location
from functions.inventory.get_variant_stock import handler as get_stock
from functions.inventory.list_stock_alerts import handler as list_alerts
from functions.inventory.record_stock_movement import handler as record_movement
from functions.inventory.transfer_stock import handler as transfer_stock
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.gateway import Answer, Handler, call
from tests.shop import product, sell, variant

STOCK = "/v1/admin/inventory"


@dataclass(frozen=True)
class Keeper:
    """Somebody of the brand's staff, a manager unless another role is asked for."""

    brand: Brand
    headers: dict[str, str]

    @classmethod
    def of(cls, brand: Brand, role: Role = Role.MANAGER) -> "Keeper":
        """A new account of this role."""
        return cls(brand, signed_in(brand, role))

    def move(self, variant_id: UUID, kind: str, quantity: Any, key: str | None = None, **more: Any) -> Answer:
        """Write down a movement, under a new idempotency key unless one is given."""
        body = {"type": kind, "quantity": quantity, "reason": "count"} | more
        path = f"{STOCK}/{variant_id}/movements"
        return self._send(record_movement, "POST", path, body, key, variant_id=str(variant_id))

    def transfer(
        self, variant_id: UUID, quantity: Any, source: str, target: str, key: str | None = None
    ) -> Answer:
        """Move units from place to place."""
        body = {
            "variant_id": str(variant_id),
            "from_location_id": source,
            "to_location_id": target,
            "quantity": quantity,
            "reason": "nearer",
        }
        return self._send(transfer_stock, "POST", f"{STOCK}/transfers", body, key)

    def open(self, code: str, **more: Any) -> Answer:
        """Open a place."""
        body = {"code": code, "name": code.title(), "priority": 5} | more
        return self._send(create_location, "POST", f"{STOCK}/locations", body)

    def set(self, variant_id: UUID, if_match: str | None = None, **settings: Any) -> Answer:
        """Change a variant's settings."""
        more = {"if-match": if_match} if if_match else {}
        path = f"{STOCK}/{variant_id}"
        params = {"variant_id": str(variant_id)}
        return call(change_settings, "PATCH", path, settings, headers=self.headers | more, path_params=params)

    def stock(self, variant_id: UUID, **query: Any) -> Answer:
        """A variant's stock."""
        params = {"variant_id": str(variant_id)}
        return call(
            get_stock,
            "GET",
            f"{STOCK}/{variant_id}",
            headers=self.headers,
            path_params=params,
            query=query,
        )

    def alerts(self, **query: Any) -> list[tuple[str, str]]:
        """Level and state of each alert, the latest first."""
        answer = call(list_alerts, "GET", f"{STOCK}/alerts", headers=self.headers, query=query)
        assert answer.status == 200, answer.body
        return [(alert["level"], alert["state"]) for alert in answer.body["data"]]

    def levels(self, variant_id: UUID) -> tuple[int, int, int]:
        """On hand, reserved, available."""
        body = self.stock(variant_id).body
        return body["on_hand"], body["reserved"], body["available"]

    def _send(
        self,
        handler: Handler,
        method: str,
        path: str,
        body: Any,
        key: str | None = None,
        **params: str,
    ) -> Answer:
        headers = self.headers | {"idempotency-key": key or uuid4().hex}
        return call(handler, method, path, body, headers=headers, path_params=params)


def goods(brand: Brand, units: int = 10, title: str = "Mug", **more: Any) -> UUID:
    """A variant of a new, published product, with so many units at the brand's first place (0: none was ever there)."""
    name = uuid4().hex[:12]
    sold = variant(f"SKU-{name}")
    sell(brand, product(f"{title.lower()}-{name}", sold, title=title, images=(), **more), units=units)
    return sold.id


def slug_of(brand: Brand, variant_id: UUID) -> str:
    """The slug of a variant's product."""
    with begin(brand, "test") as work:
        return str(
            work.value(
                "SELECT p.slug FROM catalog.products p JOIN catalog.product_variants v ON v.product_id = p.id"
                " WHERE v.id = %(id)s",
                id=variant_id,
            )
        )


def main_location(brand: Brand) -> str:
    """The id of the brand's first place."""
    with begin(brand, "test") as work:
        return str(
            work.value("SELECT id FROM inventory.stock_locations ORDER BY priority, created_at LIMIT 1")
        )


def told(brand: Brand, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """What was told of these kinds, the oldest first."""
    with begin(brand, "test") as work:
        rows = work.all("SELECT type, data FROM platform.outbox_events ORDER BY position")
    return [(row.type, row.data) for row in rows if row.type in kinds]


def kinds_told(brand: Brand) -> list[str]:
    """The kinds of what was told about levels, the oldest first."""
    return [kind for kind, _ in told(brand, "stock.low", "stock.out", "stock.replenished")]
