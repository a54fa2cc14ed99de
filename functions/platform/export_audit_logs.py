"""GET /v1/admin/audit-logs/export — a part of the brand's chain as JSON lines, which shared/kernel/audit_chain.py verifies offline."""

from pydantic import Field

from shared.identity.callers import Staff
from shared.platform import audit_reading
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import Query
from shared.platform.work import Work

_MOST_ENTRIES = 2000
_MOST = 2**62


class ExportQuery(Query):
    """Entries behind number `after`. When the first line's `last` is below its head's `sequence`, ask again after `last`."""

    after: int = Field(0, ge=0, le=_MOST)
    entries: int = Field(_MOST_ENTRIES, ge=1, le=_MOST_ENTRIES)


def export_audit_logs(ask: ExportQuery, caller: Staff, work: Work) -> HttpResponse:
    part = audit_reading.part(work, ask.after, ask.entries)
    name = f"audit-{work.brand.slug}-{part.first}-{part.last}.jsonl"
    work.audit(resource={"first": part.first, "last": part.last})
    return HttpResponse(
        200,
        b"".join(part.lines).decode(),
        {
            "content-type": "application/x-ndjson",
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


handler = endpoint(
    "GET", "/v1/admin/audit-logs/export", export_audit_logs, needs="audit:export", audited=True
)
