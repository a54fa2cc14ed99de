"""What waits for a decision of staff is shown to them: each capture that became no order, with its reason and its money."""

from collections.abc import Iterator
from typing import Any

import httpx

from tests.faults.accounts import PASSWORD
from tests.faults.evidence import Check, Evidence


def every_review_is_shown_to_staff(found: Evidence) -> Iterator[str]:
    for brand_id, slug in found.slugs.items():
        if slug not in found.world.shelves:
            continue
        rows = found.rows(
            """SELECT o.id::text AS id, o.review_reason, sum(p.captured_amount) AS captured
                 FROM orders.orders o JOIN billing.payments p ON p.order_id = o.id
                WHERE o.status = 'payment_review' AND o.brand_id = %(brand)s GROUP BY 1, 2""",
            brand=brand_id,
        )
        expected = {row.id: (row.review_reason, int(row.captured)) for row in rows}
        with httpx.Client(base_url=found.world.run.url, timeout=60, headers={"x-brand": slug}) as http:
            shown = dict(_shown(http, slug))
        for order in expected.keys() | shown.keys():
            if expected.get(order) != shown.get(order) or not (shown.get(order) or ("",))[0]:
                yield f"review of {order}: staff of {slug} see {shown.get(order)}, it is {expected.get(order)}"


def _shown(http: httpx.Client, brand: str) -> Iterator[tuple[str, tuple[str, int]]]:
    login = {"email": f"admin@{brand}.test", "password": PASSWORD}
    token = http.post("/v1/admin/auth/login", json=login).raise_for_status().json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    ask: dict[str, Any] = {"status": "payment_review", "limit": 100}
    while True:
        listed = http.get("/v1/admin/orders", params=ask, headers=bearer).raise_for_status().json()
        for one in listed["data"]:
            order = http.get(f"/v1/admin/orders/{one['id']}", headers=bearer).raise_for_status().json()
            captured = sum(payment["captured"]["amount"] for payment in order["payments"])
            yield one["id"], (order["review_reason"], captured)
        if not listed["next_cursor"]:
            return
        ask["cursor"] = listed["next_cursor"]


CHECKS: tuple[Check, ...] = (every_review_is_shown_to_staff,)
