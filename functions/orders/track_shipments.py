"""Every 10 minutes — ask carriers what has become of parcels that nothing was heard of for a while, and announce what they have not taken."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.orders import carrier_store
from shared.orders.following import LEASE, Follow, Followed, ask_carrier, take_answer, to_ask
from shared.platform.doors import Steps, job
from shared.platform.work import Work

BATCH = 20


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return carrier_store.to_look_at(work, BATCH, stuck)


def take(work: Work, due: Any) -> Follow | None:
    found = carrier_store.look_later(work, due.order_id, due.id, work.now + LEASE)
    if found is None:
        return None
    ask = to_ask(work, found)
    if ask is None:
        carrier_store.look_no_more(work, found)
    return ask


def note(ask: Follow, found: Followed, work: Work) -> None:
    take_answer(work, ask, found)


handler = job("track_shipments", Steps(take, ask_carrier, note), every="10 minutes", find=find_due)
