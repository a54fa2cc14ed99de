"""Every 1 day — check what was added to each brand's audit log, and anchor its newest hash where nobody may change it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.platform import alerts, audit_anchors
from shared.platform.alerting import AUDIT_BROKEN
from shared.platform.alerts import Finding
from shared.platform.doors import Steps, job
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

BATCH = 20


class Anchor(Pending):
    brand_id: UUID
    sequence: int
    hash: str
    at: datetime
    problems: list[str]


class Written(Outcome):
    key: str


class ChainBroken(Exception):
    """A brand's audit log is not what was written."""


def find(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return audit_anchors.due(work, stuck, BATCH)


def record(work: Work, row: Any) -> Anchor:
    last, hashed, problems = audit_anchors.check(work, row.anchored, row.anchored_hash, row.sequence)
    if problems:
        text = "The audit log is not what was written: export it, and verify it against its anchors."
        alerts.raise_alert(
            work, Finding(None, AUDIT_BROKEN, "audit", "critical", text, {"problems": problems[:5]})
        )
    return Anchor(brand_id=work.brand.id, sequence=last, hash=hashed, at=work.now, problems=problems)


def write(anchor: Anchor) -> Written:
    if anchor.problems:
        raise ChainBroken(anchor.problems[0])
    return Written(key=audit_anchors.put(anchor.brand_id, anchor.sequence, anchor.hash, anchor.at))


def settle(anchor: Anchor, written: Written, work: Work) -> None:
    audit_anchors.note(work, anchor.sequence, anchor.hash, written.key)


handler = job("anchor_audit", Steps(record, write, settle), every="1 day", find=find)
