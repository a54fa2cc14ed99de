"""Misbehaviour on demand, set through `POST /_control`: of the API's answers, and of the webhooks' delivery."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

# error: 500 before anything is done, nothing kept under the key      broken: 500, kept under the key, nothing done
# error_after: done, then 500 (kept under the key)                   drop: done, then the connection is cut
# cut: the connection is cut before anything is done                 slow: done after `seconds`
# hang: done, then no answer for `seconds`, then the connection is cut
MODES = ("error", "broken", "error_after", "drop", "cut", "slow", "hang")


@dataclass(frozen=True)
class RequestFault:
    """The next `count` requests whose "METHOD path" begins with `match` misbehave."""

    mode: str
    count: int = 1
    seconds: float = 2.0
    match: str = ""


@dataclass(frozen=True)
class WebhookFaults:
    """How webhooks are delivered until told otherwise. `duplicates` are extra copies of each; `drop` counts down."""

    duplicates: int = 0
    delay_seconds: float = 0.0
    shuffle_seconds: float = 0.0
    drop: int = 0
    paused: bool = False


@dataclass
class Faults:
    """What misbehaves now, and how often what has misbehaved. Forgotten at a restart."""

    requests: list[RequestFault] = field(default_factory=list)
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)
    done: Counter[str] = field(default_factory=Counter)

    def take(self, method: str, path: str) -> RequestFault | None:
        """The fault of this request, used up once."""
        for index, fault in enumerate(self.requests):
            if f"{method} {path}".startswith(fault.match):
                self.requests[index : index + 1] = (
                    [replace(fault, count=fault.count - 1)] if fault.count > 1 else []
                )
                self.done[fault.mode] += 1
                return fault
        return None

    def take_drop(self) -> bool:
        """Whether the next webhook is lost."""
        if self.webhooks.drop <= 0:
            return False
        self.webhooks = replace(self.webhooks, drop=self.webhooks.drop - 1)
        self.done["webhook lost"] += 1
        return True

    def change(self, wanted: Any) -> None:
        """Apply a control document: `{"reset": true, "requests": {…} or […], "webhooks": {…}}`. Raises ValueError."""
        if not isinstance(wanted, dict) or set(wanted) - {"reset", "requests", "webhooks"}:
            raise ValueError("expected an object with reset, requests or webhooks")
        fresh = Faults() if wanted.get("reset") else Faults(list(self.requests), self.webhooks)
        asked = wanted.get("requests", [])
        try:
            for fault in asked if isinstance(asked, list) else [asked]:
                made = RequestFault(**fault)
                if made.mode not in MODES:
                    raise ValueError(f"mode is one of {', '.join(MODES)}")
                fresh.requests.append(made)
            fresh.webhooks = replace(fresh.webhooks, **wanted.get("webhooks", {}))
        except TypeError as error:
            raise ValueError(str(error)) from error
        self.requests, self.webhooks = fresh.requests, fresh.webhooks
