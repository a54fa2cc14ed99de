"""Two years of a brand's orders, as many as wanted: states, sums, gateways and names spread as in a shop, written past the triggers."""

from datetime import datetime
from uuid import UUID

import psycopg

from shared.platform import clock
from shared.platform.brands import Brand

DAYS = 730
# Of the one buyer whose account is read.
OWN_ORDERS = 40
# Every so many orders one waits for a decision, and one has an open withdrawal.
RARE = 2000
_FIRST = (
    "Ada",
    "Grace",
    "Léa",
    "Hugo",
    "Nora",
    "Émile",
    "Zoé",
    "Max",
    "Inès",
    "Paul",
    "Chloé",
    "Jules",
    "Mila",
)
_LAST = [
    head + tail
    for head in ("Mar", "Lam", "Del", "Ver", "Pee", "Hop", "Du", "Ro", "Gar", "Ber", "Jan", "Wil", "Le")
    for tail in ("tin", "bert", "vaux", "mans", "ters", "per", "bois", "land", "cia", "nard", "sens", "lems", "roy")
]  # fmt: skip

_NUMBERED = """
    CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
    SELECT n, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0')
                   || '8' || lpad(to_hex(n), 15, '0'))::uuid AS id,
           (%(first)s::text[])[1 + n %% cardinality(%(first)s::text[])] AS first,
           (%(last)s::text[])[1 + (n / 7) %% cardinality(%(last)s::text[])] AS last,
           CASE WHEN n > %(orders)s - greatest(5, %(orders)s / 1000) THEN 'pending_payment'
                WHEN n %% %(rare)s = 7 THEN 'payment_review'
                WHEN n > %(orders)s * 0.97 THEN (ARRAY['paid', 'paid', 'preparing', 'fulfilled'])[1 + n %% 4]
                WHEN n %% 9 = 0 THEN 'cancelled' WHEN n %% 40 = 1 THEN 'refunded'
                WHEN n %% 80 = 3 THEN 'partially_refunded' ELSE 'completed' END AS status,
           CASE WHEN n %% %(rare)s = 11 THEN 'manual' WHEN n %% 5 = 0 THEN 'paypal' ELSE 'stripe' END AS gateway,
           1000 + (n::bigint * 7919) %% 29000 AS goods,
           CASE WHEN n %% (%(orders)s / %(own)s) = 0 THEN %(buyer)s::uuid
                ELSE md5(%(brand)s::text || n %% (%(orders)s / 3))::uuid END AS customer_id
      FROM generate_series(1, %(orders)s) AS n,
           LATERAL (SELECT %(now)s::timestamptz - (%(orders)s - n) * (%(days)s * interval '1 day' / %(orders)s) AS at) placed
"""
_ORDERS = """
    INSERT INTO orders.orders
        (brand_id, id, number, status, customer_id, email, buyer_name, locale, currency, subtotal_amount, discount_amount,
         shipping_amount, tax_amount, total_amount, prices_include_tax, tax_treatment, tax_lines, shipping_lines, shipping_address,
         billing_address, shipping_option, reserved_until, sweep_at, created_at, updated_at, paid_at, gateway, review_reason)
    SELECT %(brand)s, id, n, status, customer_id, lower(first || '.' || last) || n || '@example.com', first || ' ' || last, 'fr',
           'EUR', goods, 0, 490, goods / 6, goods + 490, true, 'standard',
           '[{"rate": "20", "net": 1, "tax": 1}]', '[{"rate": "20", "net": 408, "tax": 82}]', address, address,
           '{"id": "standard", "name": "Standard", "carrier": "bpost"}',
           CASE WHEN status = 'pending_payment' THEN %(now)s::timestamptz + interval '30 minutes' END,
           CASE WHEN status = 'pending_payment' THEN %(now)s::timestamptz + interval '30 minutes' END,
           at, at, CASE WHEN status NOT IN ('pending_payment', 'cancelled') THEN at END, gateway,
           CASE WHEN status = 'payment_review' THEN 'out_of_stock' END
      FROM numbered, LATERAL (SELECT jsonb_build_object(
          'first_name', first, 'last_name', last, 'line1', n || ' rue de la Paix', 'postcode', '75002', 'city', 'Paris',
          'country', (ARRAY['FR', 'FR', 'BE', 'LU'])[1 + n %% 4])) AS a(address)
"""
_ITEMS = """
    INSERT INTO orders.order_items
        (brand_id, id, order_id, position, variant_id, product_id, sku, title, fulfillment_method, quantity, currency,
         unit_price_amount, subtotal_amount, discount_amount, net_amount, tax_amount, line_total_amount, tax_category, tax_basis_points)
    SELECT %(brand)s, md5(id::text || place)::uuid, id, place, md5('v' || n %% 2000)::uuid, md5('p' || n %% 1000)::uuid,
           'SKU-' || n %% 2000, 'Mug ' || n %% 2000, 'shipping', 1 + n %% 3, 'EUR', goods, goods, 0, goods - goods / 6, goods / 6, goods,
           'standard', 2000
      FROM numbered, generate_series(1, 1 + n %% 2) AS place
"""
_WITHDRAWALS = """
    INSERT INTO orders.withdrawals (brand_id, id, order_id, status, lines, whole, requested_by, requested_at, decided_at)
    SELECT %(brand)s, id, id, CASE WHEN n %% %(rare)s = 13 THEN 'received' ELSE 'declined' END, '[]', true, 'guest', at,
           CASE WHEN n %% %(rare)s <> 13 THEN at END
      FROM numbered WHERE n %% 50 = 13
"""
_COUNTER = "INSERT INTO orders.order_counters (brand_id, last_number) VALUES (%(brand)s, %(orders)s)"


def fill(admin: psycopg.Connection, brand: Brand, orders: int, buyer: UUID) -> datetime:
    """Write `orders` orders of the brand, OWN_ORDERS of them the `buyer`'s; answers the time of the last one."""
    now = clock.now()
    params = {
        "brand": brand.id,
        "orders": orders,
        "buyer": buyer,
        "now": now,
        "days": DAYS,
        "own": OWN_ORDERS,
        "rare": RARE,
        "first": list(_FIRST),
        "last": _LAST,
    }
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for statement in (_NUMBERED, _ORDERS, _ITEMS, _WITHDRAWALS, _COUNTER):
            admin.execute(statement.encode(), params)
    for table in ("orders.orders", "orders.order_items", "orders.withdrawals"):
        admin.execute(f"VACUUM ANALYZE {table}".encode())
    return now
