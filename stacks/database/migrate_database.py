"""CloudFormation, at every release before any function changes — bring the database to this release's schema.

Makes roles and database first where it is given an administrator. Does nothing the second time, waits for another that is at it, and
leaves a database alone that a later release has already changed: that is a deployment being rolled back.
"""

import json
import os
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.migrations.provision import ROLES, provision
from shared.migrations.upgrade import current, revisions, upgrade
from shared.platform.connection_urls import connection_url
from shared.platform.logs import log
from shared.platform.settings import resolve

_PHYSICAL_ID = "schema"
# To say so before Lambda ends it.
_STOP_BEFORE_MS = 15_000
_LONGEST_REASON = 1000
_ANSWER_SECONDS = 10


def handler(event: dict[str, Any], context: Any) -> None:
    """Answers CloudFormation at the event's ResponseURL. Raises OSError when that cannot be reached."""
    told: dict[str, Any] = {
        "Status": "SUCCESS",
        "PhysicalResourceId": _PHYSICAL_ID,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    try:
        # What a stack leaves behind when it goes is the database's owner's to decide.
        if event["RequestType"] != "Delete":
            seconds = (context.get_remaining_time_in_millis() - _STOP_BEFORE_MS) / 1000
            told["Data"] = {"Revision": migrate(seconds)}
    except Exception as error:
        log.exception("not migrated")
        told |= {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"[:_LONGEST_REASON]}
    _answer(event["ResponseURL"], told)


def migrate(seconds: float) -> str:
    """The revision that the database is at afterwards. No statement may take longer than `seconds`.

    Raises what PostgreSQL or Alembic raise; the migrations before the one that failed stay applied.
    """
    owner = connection_url(resolve(os.environ["OWNER_DATABASE"]))
    if os.environ.get("ADMIN_DATABASE"):
        _provision(owner)
    found = current(owner)
    if found is not None and found not in revisions():
        log.warning("the database is ahead of this release", extra={"revision": found})
        return found
    upgrade(owner, seconds=seconds, tell=lambda name: log.info("migrated", extra={"revision": name}))
    return str(current(owner))


def _provision(owner: str) -> None:
    """Roles and database, with the passwords that the three secrets hold."""
    server = urlsplit(owner)
    admin = connection_url(resolve(os.environ["ADMIN_DATABASE"]), server.hostname or "", "postgres")
    urls = [owner, *(connection_url(resolve(os.environ[name])) for name in ("APP_DATABASE", "JOBS_DATABASE"))]
    passwords = {}
    for role, url in zip(ROLES, urls, strict=True):
        parts = urlsplit(url)
        if parts.username != role:
            raise ValueError(f"the secret of {role} is {parts.username}'s")
        passwords[role] = unquote(parts.password or "")
    provision(admin, passwords, server.path.strip("/"))


def _answer(url: str, told: dict[str, Any]) -> None:
    # An empty content type, as the presigned URL was signed for.
    request = urllib.request.Request(url, json.dumps(told).encode(), {"content-type": ""}, method="PUT")
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS):
        pass
