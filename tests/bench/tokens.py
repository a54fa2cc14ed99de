"""What it costs a warm function to know who is signed in."""

import os
from functools import partial
from statistics import median
from typing import Any

from shared.identity.callers import Member
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.identity.sessions import Device, open_session
from shared.platform.http import HttpRequest
from shared.platform.work import begin
from tests.bench.shop import SLUG, open_shop
from tests.bench.timed import Timed
from tests.gateway import http_event

_TOKENS = 200
_DEVICE = Device("bench", "bench", None)


def recognised() -> dict[str, Any]:
    """Recognising who is signed in, its one query included: by a token that this function sees first, and again."""
    brand = open_shop(os.environ["JOBS_DATABASE"]).brand
    first, again = Timed(), Timed()
    for _ in range(_TOKENS):
        with begin(brand, "bench") as work:
            [account] = work.all("SELECT id, email FROM identity.users")
            session = open_session(work, Account(account.id, account.email, Role.MEMBER), _DEVICE)
        sent = {"x-brand": SLUG, "authorization": f"Bearer {session.access_token}"}
        request = HttpRequest.from_event(http_event("GET", "/v1/me", headers=sent))
        with begin(brand, "bench") as work:
            work.value("SELECT 1")
            for timed in (first, again):
                timed.call(partial(Member.recognise, request, work, None))
    return {
        "what": "token",
        "first": (median(first.wall), median(first.cpu)),
        "again": (median(again.wall), median(again.cpu)),
    }
