"""The certificate of an erasure: what was planned, what was done, what is kept by which law until when. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.platform.brands import Brand
from shared.platform.personal_data import Kept, Person, Planned, merged

FORMAT = "comptoir.erasure/1"
# An open matter is looked at again after so long.
LOOK_AGAIN = timedelta(days=14)


def payload(
    *,
    issuer: str,
    brand: Brand,
    request_id: UUID,
    run: int,
    person: Person,
    asked_at: datetime,
    done_at: datetime,
    plans: Mapping[str, tuple[Planned, ...]],
    parts: Mapping[str, Any],
    kept: list[Kept],
) -> dict[str, Any]:
    """What the certificate says. It names the person by ids that mean nothing any more, so that it can be shown and kept."""
    return {
        "iss": issuer,
        "iat": int(done_at.timestamp()),
        "jti": f"{request_id}/{run}",
        "format": FORMAT,
        "brand": {"id": str(brand.id), "slug": brand.slug, "name": brand.name},
        "request": {"id": str(request_id), "asked_at": asked_at.isoformat(), "done_at": done_at.isoformat()},
        "subject": {
            "user_id": str(person.user_id) if person.user_id else None,
            "customer_ids": [str(each) for each in person.customer_ids],
        },
        "plan": {
            context: [
                {
                    "table": each.table,
                    "columns": list(each.columns),
                    "fate": each.fate.value,
                    **({"why": each.why} if each.why else {}),
                }
                for each in planned
            ]
            for context, planned in plans.items()
        },
        "done": {context: {"rows": part["rows"], "at": part["at"]} for context, part in parts.items()},
        "kept": [
            {
                "what": each.what,
                "law": each.law,
                "until": each.until.isoformat() if each.until else None,
            }
            for each in kept
        ],
    }


def kept_of(parts: Mapping[str, Any]) -> list[Kept]:
    """What all contexts together keep, one entry a matter."""
    return merged(
        Kept(
            each["what"],
            each["law"],
            datetime.fromisoformat(each["until"]) if each["until"] else None,
        )
        for part in parts.values()
        for each in part["kept"]
    )


def look_again_at(kept: list[Kept], now: datetime) -> datetime | None:
    """When to look whether something more may go: at the first end to come, or in a fortnight for what is open."""
    moments = [now + LOOK_AGAIN if each.until is None else each.until for each in kept]
    return min((moment for moment in moments if moment > now), default=None)
