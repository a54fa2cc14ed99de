"""Exports: what every context holds about somebody, in one archive, handed over by a mailed link."""

from dataclasses import replace
from uuid import UUID

from shared.identity import privacy_runs
from shared.identity.privacy_requests import person_of
from shared.notifications import mails
from shared.notifications.templates.data_export_ready.variables import DataExportReadyV1
from shared.orders.privacy import order_ids
from shared.platform.work import Work
from shared.privacy.archive import archive
from shared.privacy.downloads import download_link
from shared.privacy.holders import EXPORTS


def key_of(brand_id: UUID, request_id: UUID) -> str:
    """Where the archive lies; the bucket deletes it a day after its link is worth nothing."""
    return f"exports/{brand_id}/{request_id}.zip"


def gather(work: Work, request_id: UUID, run: int) -> bytes | None:
    """The archive, from one consistent look; None when this run is over."""
    running = privacy_runs.lock_running(work, request_id, run)
    if running is None:
        return None
    person = person_of(work, request_id)
    person = replace(person, order_ids=order_ids(work, person))
    held = {context: export(work, person) for context, export in EXPORTS.items()}
    work.audit(action="identity.export_person", resource={"privacy_request_id": request_id})
    return archive(work.brand, request_id, work.now, held, running.locale)


def hand_over(work: Work, request_id: UUID, run: int, key: str, size: int) -> None:
    """The archive is in its place: the person gets the link."""
    running = privacy_runs.lock_running(work, request_id, run)
    if running is None:
        return
    token = privacy_runs.complete(work, request_id, object_key=key, downloadable=True, look_again_at=None)
    assert token is not None
    if running.contact is None:
        return
    mails.queue(
        work,
        DataExportReadyV1(
            link=download_link(work.brand, token),
            expires_at=work.now + privacy_runs.DOWNLOADABLE,
            kilobytes=max(1, size // 1000),
        ),
        to=running.contact,
        locale=running.locale,
        key=f"data_export_ready:{request_id}:{run}",
    )
