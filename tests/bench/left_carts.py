"""A brand's carts, as many as wanted: most bought, closed or in somebody's hands, some just left; and reminders of them. Written past
the triggers."""

import psycopg

from functions.cart.scan_abandoned_carts import handler as scan_abandoned_carts
from shared.platform import clock
from shared.platform.brands import Brand

_CARTS = """
    INSERT INTO cart.carts (brand_id, id, token_hash, status, currency, locale, email, created_at, last_activity_at, active_before,
                            converted_at, order_id, look_at)
    SELECT %(brand)s, md5(%(kind)s || n)::uuid, sha256((%(kind)s || %(brand)s || n)::bytea), status, 'EUR', 'fr',
           %(kind)s || n || '@example.com', at, at, at, CASE WHEN status = 'converted' THEN at END,
           CASE WHEN status = 'converted' THEN md5('o' || n)::uuid END,
           CASE WHEN %(kind)s = 'left' THEN %(now)s::timestamptz - interval '1 minute'
                WHEN status = 'active' THEN at + interval '90 days' END
      FROM generate_series(1, %(carts)s) AS n,
           LATERAL (SELECT CASE WHEN %(kind)s = 'left' THEN 'active'
                                ELSE (ARRAY['converted', 'expired', 'active'])[1 + n %% 3] END AS status,
                           CASE WHEN %(kind)s = 'left' THEN %(now)s::timestamptz - interval '2 hours'
                                ELSE %(now)s::timestamptz - n * interval '1 second' END AS at) drawn
"""
_ITEMS = """
    INSERT INTO cart.cart_items (brand_id, cart_id, id, variant_id, sku, title, quantity, unit_price_amount, currency, created_at, updated_at)
    SELECT brand_id, id, md5(id::text)::uuid, md5('v' || id)::uuid, 'MUG', 'Mug', 1, 1900, 'EUR', created_at, created_at
      FROM cart.carts WHERE brand_id = %(brand)s AND status = 'active'
"""
_SENT = """
    INSERT INTO cart.cart_recovery_emails (brand_id, id, cart_id, step, email_key, due_at, sent_at, sent_by)
    SELECT brand_id, md5(id::text || 'sent')::uuid, id, 1, email_key, created_at, created_at, 'sequence'
      FROM cart.carts WHERE brand_id = %(brand)s AND status IN ('converted', 'expired')
"""
_DUE_NOW = """
    UPDATE cart.cart_recovery_emails SET due_at = %(now)s::timestamptz - interval '1 minute'
     WHERE brand_id = %(brand)s AND step = 1 AND sent_at IS NULL
"""
_VACUUM = ("cart.carts", "cart.cart_items", "cart.cart_recovery_emails")


def left(brand: Brand, superuser: str, others: int, due: int) -> None:
    """So many other carts, and so many that were left two hours ago."""
    with psycopg.connect(superuser, autocommit=True) as admin:
        params = {"brand": brand.id, "now": clock.now()}
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            for kind, carts in (("other", others), ("left", due)):
                admin.execute(_CARTS.encode(), params | {"kind": kind, "carts": carts})
            admin.execute(_ITEMS.encode(), params)
        _tidy(admin)


def reminded(brand: Brand, superuser: str, others: int, due: int) -> None:
    """As many carts that were left, whose first reminder is due, among reminders that were sent."""
    left(brand, superuser, others, due)
    while not scan_abandoned_carts({}, None)["finished"]:
        continue
    with psycopg.connect(superuser, autocommit=True) as admin:
        params = {"brand": brand.id, "now": clock.now()}
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            admin.execute(_SENT.encode(), params)
            admin.execute(_DUE_NOW.encode(), params)
        _tidy(admin)


def _tidy(admin: psycopg.Connection) -> None:
    for table in _VACUUM:
        admin.execute(f"VACUUM ANALYZE {table}".encode())
