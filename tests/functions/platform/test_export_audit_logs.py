"""GET /v1/admin/audit-logs/export: what it answers, the offline verifier finds intact; and what staff do at once is one chain."""

import json
import threading
from typing import Any
from uuid import UUID

import psycopg
import pytest

from functions.platform.export_audit_logs import handler
from shared.identity.permissions import Role
from shared.kernel.audit_chain import verify
from shared.platform import audit, audit_reading
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import headers, session_of, signed_in, staff_account
from tests.deeds import act, log
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def export(brand: Brand, role: Role = Role.ADMIN, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/audit-logs/export", headers=signed_in(brand, role), query=query)


def lines(answer: Answer) -> list[bytes]:
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/x-ndjson"
    return str(answer.body).encode().splitlines(keepends=True)


def whole(brand: Brand, **query: Any) -> list[list[bytes]]:
    """Every part, as a client asks for them."""
    parts: list[list[bytes]] = []
    after = 0
    while True:
        parts.append(lines(export(brand, after=after, **query)))
        header = json.loads(parts[-1][0])
        after = header["last"]
        if after >= header["head"]["sequence"]:
            return parts


def deed(brand: Brand, **changes: Any) -> None:
    with begin(brand, "test") as work:
        work.audit(action="tests.deed", after=changes)


ODD = {
    "price": 19.99,
    "count": 2**70,
    "none": None,
    "text": 'é"\\\n\u2028\U0001f600\x00\ud800',
    "list": [1, "two", {"three": 3.0}],
    "nested": {"deep": {"er": -0.0}},
    "when": UUID(int=7),
}


def test_a_whole_export_is_intact(brand: Brand) -> None:
    for _ in range(3):
        act(brand)
    deed(brand, **ODD)
    [part] = whole(brand)
    report = verify([part])
    assert report.problems == []
    assert (report.brand_id, report.entries, report.erased) == (str(brand.id), 4, 0)
    assert json.loads(part[1])["personal"]["ip"]


def test_a_log_that_is_empty_is_exported_too(brand: Brand) -> None:
    assert verify([lines(export(brand))]).problems == []


def test_parts_make_a_whole_and_each_export_is_written_itself(brand: Brand) -> None:
    for number in range(5):
        deed(brand, number=number)
    parts = whole(brand, entries=2)
    report = verify(parts)
    assert report.problems == []
    assert report.entries >= 5
    exports = [entry["resource"] for entry in log(brand, action="platform.export_audit_logs")]
    assert exports[-1] == {"first": 1, "last": 2}
    assert verify(parts[:-1]).problems != []


def test_a_part_ends_before_an_answer_grows_too_large(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        deed(brand, number=number)
    monkeypatch.setattr(audit_reading, "_BYTES_A_PART", 1000)
    parts = whole(brand)
    assert len(parts) > 1
    assert verify(parts).problems == []


def test_what_is_changed_in_the_database_behind_everybodys_back_is_found(
    brand: Brand, worker_database: Any
) -> None:
    for number in range(3):
        deed(brand, number=number)
    admin: psycopg.Connection = worker_database[1]
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("UPDATE platform.audit_logs SET action = 'tests.nothing' WHERE sequence = 2")
    problems = verify(whole(brand)).problems
    assert [problem.partition(":")[0] for problem in problems] == ["entry 2"]


def test_a_person_is_erased_and_the_chain_stays_whole(brand: Brand) -> None:
    account = staff_account(brand, Role.SUPPORT)
    sent = headers(brand, session_of(brand, account).access_token)
    act(brand, headers=sent)
    act(brand)
    act(brand, id=str(account.id))
    with begin(brand, "test") as work:
        assert audit.erase_person(work, account.id) == 2
    entries = log(brand, action="tests.deeds")
    assert [(entry["actor"]["email"] is None, entry["ip"]) for entry in entries] == [
        (True, None),
        (False, "192.0.2.1"),
        (True, None),
    ]
    assert entries[2]["actor"]["id"] == str(account.id)
    report = verify(whole(brand))
    assert (report.problems, report.erased) == ([], 2)
    with begin(brand, "test") as work:
        assert audit.erase_person(work, account.id) == 0


def test_personal_data_that_vanishes_unsaid_is_found(brand: Brand) -> None:
    act(brand)
    with begin(brand, "test") as work:
        work.run("DELETE FROM platform.audit_personal")
    assert verify(whole(brand)).problems != []


def test_what_staff_do_at_once_is_one_chain_without_gaps(brand: Brand, another_brand: Brand) -> None:
    """Some roll back, some write twice, in two brands at once."""
    failures: list[BaseException] = []

    def work_hard(at: Brand, worker: int) -> None:
        try:
            for number in range(15):
                try:
                    with begin(at, f"{worker}-{number}") as work:
                        work.audit(action="tests.deed", after={"number": number, "worker": worker})
                        if number % 5 == 0:
                            work.audit(action="tests.again")
                        if number % 4 == 1:
                            raise LookupError
                except LookupError:
                    continue
        except BaseException as error:
            failures.append(error)
        finally:
            close_all()

    threads = [
        threading.Thread(target=work_hard, args=(at, worker))
        for at in (brand, another_brand)
        for worker in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    kept = 4 * (11 + 3 - 1)
    for at in (brand, another_brand):
        report = verify(whole(at))
        assert (report.problems, report.entries) == ([], kept)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT, Role.MANAGER])
def test_only_admins_export(brand: Brand, role: Role) -> None:
    assert export(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/audit-logs/export", headers=headers(brand)).status == 401


def test_another_brands_entries_are_not_exported(brand: Brand, another_brand: Brand) -> None:
    deed(another_brand, number=1)
    assert json.loads(lines(export(brand))[0])["head"]["sequence"] == 0


@pytest.mark.parametrize("query", [{"after": -1}, {"entries": 0}, {"entries": 2001}, {"after": "x"}])
def test_a_part_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert export(brand, **query).status == 422
