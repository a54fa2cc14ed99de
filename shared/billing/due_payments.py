"""Payments that somebody must come back to: found across brands, in the jobs' own transactions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.platform.work import Work


def unsettled(work: Work, before: datetime, stuck: list[UUID], limit: int) -> list[Any]:
    """`brand_id` and `id` of payments of any brand but `stuck` that nobody has heard of since `before`, or whose capture was asked
    for before and never answered."""
    return work.all(
        """(SELECT brand_id, id, updated_at FROM billing.payments
             WHERE status IN ('started', 'unknown') AND updated_at < %(before)s AND brand_id <> ALL(%(stuck)s)
             ORDER BY updated_at LIMIT %(limit)s)
           UNION
           (SELECT brand_id, id, updated_at FROM billing.payments
             WHERE status = 'pending' AND capture_asked_at < %(before)s AND updated_at < %(before)s
               AND brand_id <> ALL(%(stuck)s)
             ORDER BY capture_asked_at LIMIT %(limit)s)
           ORDER BY updated_at LIMIT %(limit)s""",
        before=before,
        stuck=stuck,
        limit=limit,
    )
