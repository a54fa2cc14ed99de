"""Files and rows that nobody waits for any more: images whose file never came, renditions of images that are gone."""

import json
from datetime import timedelta
from typing import Any

from shared.kernel.ids import new_id
from shared.platform.background import KEPT
from shared.platform.database import Role
from shared.platform.work import begin

BATCH = 500
# A form is good for an hour, and a queue tries for most of another; what has not come in a day will not.
NEVER_CAME = timedelta(days=1)
REJECTED_KEPT = timedelta(days=30)
# Kept answers, carts and mails may still show it.
UNUSED_KEPT = timedelta(days=30)

# Products first, as everybody else locks them; what somebody is at has time until tomorrow.
_STALE = """
    WITH stale AS (
        SELECT i.brand_id, i.id
          FROM catalog.product_images i JOIN catalog.products p ON (p.brand_id, p.id) = (i.brand_id, i.product_id)
         WHERE (i.status = 'pending' AND i.created_at <= %(pending)s)
            OR (i.status = 'rejected' AND i.created_at <= %(rejected)s)
         LIMIT %(batch)s FOR NO KEY UPDATE OF p SKIP LOCKED)
    DELETE FROM catalog.product_images i USING stale WHERE (i.brand_id, i.id) = (stale.brand_id, stale.id)
"""
_STALE_IMPORTS = """
    DELETE FROM catalog.imported_products WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM catalog.imported_products WHERE job_id < %(oldest)s LIMIT %(batch)s))
"""
_SEEN = """
    UPDATE catalog.unused_media SET since = %(now)s
     WHERE (brand_id, key) IN (SELECT brand_id, key FROM catalog.unused_media WHERE since IS NULL LIMIT %(batch)s)
"""
# A copy of a product shows the same files.
_USED = """
    DELETE FROM catalog.unused_media u WHERE since <= %(before)s AND EXISTS (
        SELECT FROM catalog.product_images i
         WHERE i.brand_id = u.brand_id AND (i.key = u.key OR jsonb_path_exists(i.renditions, '$.* ? (@ == $key)', jsonb_build_object('key', u.key))))
"""
_DUE = (
    "SELECT brand_id, key FROM catalog.unused_media WHERE since <= %(before)s ORDER BY since LIMIT %(batch)s"
)
_GONE = """
    DELETE FROM catalog.unused_media u USING jsonb_to_recordset(%(rows)s::jsonb) AS gone(brand_id uuid, key text)
     WHERE (u.brand_id, u.key) = (gone.brand_id, gone.key)
"""


def forget_stale_images() -> int:
    """Delete up to BATCH images that never came to be; answers how many."""
    with begin(None, "clean_orphan_media", Role.JOBS) as work:
        return work.run(_STALE, pending=work.now - NEVER_CAME, rejected=work.now - REJECTED_KEPT, batch=BATCH)


def forget_stale_imports() -> int:
    """Delete up to BATCH products of files whose job is forgotten, too; answers how many."""
    with begin(None, "clean_orphan_media", Role.JOBS) as work:
        # An id begins with its time.
        return work.run(_STALE_IMPORTS, oldest=new_id(work.now - KEPT), batch=BATCH)


def unused_files() -> list[Any]:
    """Up to BATCH files (`brand_id`, `key`) that no image has named for long enough; what is new among them is written down."""
    with begin(None, "clean_orphan_media", Role.JOBS) as work:
        work.run(_SEEN, now=work.now, batch=BATCH)
        before = work.now - UNUSED_KEPT
        work.run(_USED, before=before)
        return work.all(_DUE, before=before, batch=BATCH)


def forget_files(rows: list[Any]) -> None:
    """These files are deleted."""

    told = json.dumps([{"brand_id": str(row.brand_id), "key": row.key} for row in rows])
    with begin(None, "clean_orphan_media", Role.JOBS) as work:
        work.run(_GONE, rows=told)
