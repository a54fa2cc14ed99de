"""One API request while it is worked on: when, and what it changes and tells."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.paypal.errors import no_such
from local.paypal.storage import Object, Storage

_ALPHABET = string.ascii_uppercase + string.digits
# How long an order waits to be captured.
ORDER_LIVES_SECONDS = 3 * 3600


def new_id(length: int = 17) -> str:
    """An id as PayPal's look: capitals and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class Answer:
    """What is answered. `kind` and `object_id` name what was made, if anything was."""

    body: Object
    status: int = 200
    kind: str | None = None


@dataclass
class Session:
    """The request's own view of the account."""

    store: Storage
    now: int
    public_url: str
    api_url: str
    told: list[str] = field(default_factory=list)

    @property
    def time(self) -> str:
        """Now, as PayPal writes it."""
        return datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def get(self, kind: str, object_id: str) -> Object:
        """The object. Raises ApiError 404, also for an order that nobody captured in time."""
        found = self.store.find(kind, object_id)
        if found is None:
            raise no_such()
        waits = kind == "order" and found["status"] != "COMPLETED"
        if waits and self.store.created(object_id) + ORDER_LIVES_SECONDS <= self.now:
            raise no_such()
        return found

    def save(self, kind: str, made: Object, private: Object | None = None) -> Object:
        """Keep it."""
        return self.store.save(kind, made, self.now, private)

    def link(self, path: str, rel: str, method: str = "GET") -> Object:
        """A link of PayPal's API."""
        return {"href": f"{self.api_url}{path}", "rel": rel, "method": method}

    def tell(self, event_type: str, resource_type: str, about: Object, summary: str) -> None:
        """Keep a notification with the object as it now stands."""
        event_id = f"WH-{new_id()}-{new_id()}"
        event: dict[str, Any] = {
            "id": event_id,
            "event_version": "1.0",
            "create_time": self.time,
            "resource_type": resource_type,
            "resource_version": "2.0",
            "event_type": event_type,
            "summary": summary,
            "resource": about,
            "links": [self.link(f"/v1/notifications/webhooks-events/{event_id}", "self")],
        }
        self.save("event", event)
        self.told.append(event_id)
