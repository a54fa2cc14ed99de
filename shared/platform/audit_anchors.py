"""Anchors of the audit log: each brand's newest hash, written daily where nobody may change it before its retention ends."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from shared.kernel.audit_chain import ANCHOR_FORMAT, GENESIS, canonical, verify
from shared.platform.audit import told_time
from shared.platform.audit_reading import header, read
from shared.platform.settings import settings
from shared.platform.work import Work

# A run that comes twice on a day has nothing to do.
_AT_MOST_EVERY = timedelta(hours=1)
# So many entries are checked at a time; a brand with more is anchored again by the next run.
BATCH_ENTRIES = 20_000

_DUE = """
    SELECT h.brand_id, h.sequence, encode(h.hash, 'hex') AS hash, coalesce(a.sequence, 0) AS anchored,
           encode(a.hash, 'hex') AS anchored_hash
      FROM platform.audit_heads h
      LEFT JOIN LATERAL (SELECT sequence, hash, anchored_at FROM platform.audit_anchors a
                          WHERE a.brand_id = h.brand_id ORDER BY sequence DESC LIMIT 1) AS a ON true
     WHERE h.brand_id <> ALL (%(stuck)s) AND h.sequence > coalesce(a.sequence, 0)
       AND (a.anchored_at IS NULL OR a.anchored_at <= %(before)s)
     ORDER BY h.brand_id LIMIT %(batch)s
"""
_ANCHORED = """
    INSERT INTO platform.audit_anchors (sequence, hash, object_key, anchored_at)
    VALUES (%(sequence)s, decode(%(hash)s, 'hex'), %(key)s, %(now)s) ON CONFLICT (brand_id, sequence) DO NOTHING
"""
_HASH = "SELECT encode(hash, 'hex') FROM platform.audit_logs WHERE sequence = %(sequence)s"


def due(work: Work, stuck: list[UUID], batch: int) -> Sequence[Any]:
    """Chains with entries that no anchor knows: rows `brand_id`, `anchored` (the last one that is), `anchored_hash`."""
    return work.all(_DUE, stuck=stuck, batch=batch, before=work.now - _AT_MOST_EVERY)


def check(work: Work, anchored: int, anchored_hash: str | None, head: int) -> tuple[int, str, list[str]]:
    """Verify the entries behind the last anchor up to `head`: the last of them, its hash, and what was found to be wrong."""
    last = min(head, anchored + BATCH_ENTRIES)
    hashed = str(work.value(_HASH, sequence=last) or "")
    entries = [canonical(entry) + b"\n" for entry in read(work, anchored, last)]
    told = header(work.brand.id, anchored, last, {"sequence": last, "hash": hashed})
    anchor = {
        "brand_id": str(work.brand.id),
        "sequence": anchored,
        "hash": anchored_hash or GENESIS.hex(),
    }
    return last, hashed, verify([[told, *entries]], [anchor], personal=False).problems


def put(brand_id: UUID, sequence: int, hashed: str, now: datetime) -> str:
    """Write the anchor's object; answers its key. The bucket's own retention keeps it. Raises botocore's errors."""
    anchor = {
        "format": ANCHOR_FORMAT,
        "brand_id": str(brand_id),
        "sequence": sequence,
        "hash": hashed,
        "anchored_at": told_time(now),
    }
    key = f"anchors/{brand_id}/{now:%Y-%m-%d}-{sequence}.json"
    _s3().put_object(
        Bucket=settings().audit_bucket,
        Key=key,
        Body=json.dumps(anchor, indent=2).encode(),
        ContentType="application/json",
        # An object under a lock is taken with a checksum only.
        ChecksumAlgorithm="SHA256",
    )
    return key


def note(work: Work, sequence: int, hashed: str, key: str) -> None:
    """Record that the anchor is written."""
    work.run(_ANCHORED, sequence=sequence, hash=hashed, key=key, now=work.now)


@cache
def _s3() -> Any:
    import boto3
    from botocore.config import Config

    # Locally the bucket is a path and no host name.
    style = "path" if settings().aws_endpoint_url else "auto"
    return boto3.client("s3", config=Config(s3={"addressing_style": style}))


def forget() -> None:
    """Drop the client: for tests."""
    _s3.cache_clear()
