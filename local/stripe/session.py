"""One API request while it is worked on: who asks, when, and what it changes and tells."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from local.stripe.errors import no_such
from local.stripe.schemas import api_version
from local.stripe.storage import Object, Storage

type Caller = Literal["secret", "publishable"]

_ALPHABET = string.ascii_letters + string.digits
# By byte. The first 8 of 62 characters come up a little more often: no matter for a name.
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe's look: `pi_3` and 24 characters."""
    return f"{prefix}_3{secrets.token_bytes(length - 1).translate(_LETTERS).decode()}"


@dataclass
class Answer:
    """What is answered: Stripe's JSON."""

    body: Object
    status: int = 200


@dataclass
class Session:
    """The request's own view of the account."""

    store: Storage
    now: int
    request_id: str
    caller: Caller
    public_url: str
    idempotency_key: str | None = None
    told: list[str] = field(default_factory=list)

    @property
    def year(self) -> int:
        """The current year of the one clock."""
        return datetime.fromtimestamp(self.now, UTC).year

    def get(self, kind: str, object_id: str, param: str = "id") -> Object:
        """The object. Raises ApiError `resource_missing`."""
        found = self.store.find(kind, object_id)
        if found is None:
            raise no_such(kind.replace("_", " ") if kind == "payment_method" else kind, object_id, param)
        return found

    def tell(self, event_type: str, about: Object, before: Object | None = None) -> None:
        """Keep an event with the object as it now stands; `before` holds the earlier values of what changed."""
        data: dict[str, Any] = {"object": about}
        if before is not None:
            data["previous_attributes"] = before
        event_id = new_id("evt")
        event = {
            "id": event_id,
            "object": "event",
            "api_version": api_version(),
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": event_type,
        }
        self.store.save(event)
        self.told.append(event_id)


def changed_metadata(current: dict[str, str] | None, given: Any) -> dict[str, str]:
    """Metadata after an update: keys are merged, an empty value unsets its key, an empty string unsets them all."""
    if given == "":
        return {}
    merged = {**(current or {}), **(given or {})}
    return {key: value for key, value in merged.items() if value != ""}
