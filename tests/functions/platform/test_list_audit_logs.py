"""GET /v1/admin/audit-logs."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from functions.platform.list_audit_logs import handler
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers
from tests.deeds import ACTION, act, ask_log, log
from tests.gateway import call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def test_entries_are_found_by_who_what_when_and_request(brand: Brand) -> None:
    lamps = [str(uuid4()) for _ in range(3)]
    for lamp in lamps:
        act(brand, id=lamp)
    with begin(brand, "test") as work:
        work.audit(action="orders.refund_order")
    entries = log(brand)
    assert [entry["resource"]["id"] for entry in log(brand, resource_id=lamps[1])] == [lamps[1]]
    assert len(log(brand, action=ACTION)) == 3
    assert len(log(brand, action="tests")) == 3
    assert log(brand, action="tes") == []
    assert log(brand, actor_id=entries[2]["actor"]["id"]) == [entries[2]]
    assert log(brand, request_id=entries[3]["request_id"]) == [entries[3]]
    assert log(brand, since=entries[1]["occurred_at"], until=entries[0]["occurred_at"]) == [entries[1]]


def test_pages_are_counted_and_cursors_walk_on_whatever_is_written_meanwhile(brand: Brand) -> None:
    for _ in range(5):
        act(brand)
    first = ask_log(brand, limit=2).body
    assert [entry["sequence"] for entry in first["data"]] == [5, 4]
    assert first["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3}
    act(brand)
    second = ask_log(brand, limit=2, cursor=first["next_cursor"]).body
    third = ask_log(brand, limit=2, cursor=second["next_cursor"]).body
    assert [entry["sequence"] for entry in (*second["data"], *third["data"])] == [3, 2, 1]
    assert (third["next_cursor"], third["pagination"]) == (None, None)
    assert [entry["sequence"] for entry in log(brand, limit=2, page=3)] == [2, 1]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT, Role.MANAGER])
def test_only_admins_read_it(brand: Brand, role: Role) -> None:
    assert ask_log(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/audit-logs", headers=headers(brand)).status == 401


def test_another_brands_entries_are_not_there(brand: Brand, another_brand: Brand) -> None:
    act(another_brand)
    assert log(brand) == []
    assert len(log(another_brand)) == 1


@pytest.mark.parametrize("query", [{"limit": 101}, {"cursor": 0}, {"since": "yesterday"}, {"actor_id": "me"}])
def test_a_question_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask_log(brand, **query).status == 422


CHANGES = (
    "UPDATE platform.audit_logs SET action = 'x'",
    "DELETE FROM platform.audit_logs",
    "TRUNCATE platform.audit_logs CASCADE",
    "DELETE FROM platform.audit_heads",
    "UPDATE platform.audit_heads SET sequence = sequence + 2",
    "UPDATE platform.audit_heads SET hash = sha256('x')",
    "UPDATE platform.audit_personal SET data = '{}'",
    "INSERT INTO platform.audit_logs SELECT (l).* FROM (SELECT l FROM platform.audit_logs l) AS again",
    "INSERT INTO platform.audit_logs SELECT brand_id, sequence + 1, occurred_at, actor_type, actor_id, role, action, resource,"
    " resource_id, changes, request_id, correlation_id, personal, digest, hash, sha256(hash || int8send(sequence + 1) || digest)"
    " FROM platform.audit_logs",
)


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_rewrites_the_log(brand: Brand, database: DatabaseUrls, change: str) -> None:
    act(brand)
    for url in (database.app, database.jobs, database.owner):
        with psycopg.connect(url) as connection:
            connection.execute(f"SET LOCAL app.brand = '{brand.id}'")
            if url == database.owner:
                # Bound by policies that know no owner, it sees no row: let it see them all.
                connection.execute("ALTER TABLE platform.audit_logs NO FORCE ROW LEVEL SECURITY")
                connection.execute("ALTER TABLE platform.audit_heads NO FORCE ROW LEVEL SECURITY")
                if "audit_personal" in change:
                    continue
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)):
                connection.execute(change)
