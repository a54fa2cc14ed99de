"""Starting a privacy request: the story that the daily job and staff share."""

from uuid import UUID

from shared.identity import privacy_runs
from shared.identity.administrators import is_last_admin
from shared.identity.events import DataExportStartedV1, ErasureStartedV1
from shared.identity.privacy_requests import RequestKind, person_of
from shared.orders.privacy import order_ids
from shared.platform.work import Work


def start(work: Work, request_id: UUID, *, by_hand: bool = False) -> bool:
    """Begin a run and tell whoever holds data of the person; False when there is nothing to begin."""
    run = privacy_runs.begin_run(work, request_id, by_hand=by_hand)
    if run is None:
        return False
    if run.kind == RequestKind.EXPORT:
        work.tell(DataExportStartedV1(privacy_request_id=request_id, run=run.runs), key=str(request_id))
    elif run.user_id is not None and is_last_admin(work, run.user_id):
        privacy_runs.fail(work, request_id, "last_admin: the brand would have no administrator")
    else:
        orders = order_ids(work, person_of(work, request_id))
        started = ErasureStartedV1(privacy_request_id=request_id, run=run.runs, order_ids=list(orders))
        work.tell(started, key=str(request_id))
    return True
