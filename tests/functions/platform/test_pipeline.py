"""Statements in one message: executed in their order, whole or not at all, and never a second time once they may have been kept."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from shared.kernel.ids import new_id
from shared.platform import settings
from shared.platform.brands import Brand
from shared.platform.database import Role, close_all, connection
from shared.platform.transactions import Kind, NotCommitted
from shared.platform.work import Work, begin

_TAKE = "INSERT INTO platform.inbox (consumer, event_id, applied_at) VALUES (%(who)s, %(id)s, %(now)s)"
_COUNT = "SELECT count(*) FROM platform.inbox"


@pytest.fixture(autouse=True, params=["1", ""], ids=["prepared", "unprepared"])
def prepares(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, brand: Brand) -> Iterator[bool]:
    """Whether statements are prepared, as on a direct connection, or not, as behind a pooler."""
    monkeypatch.setenv("DATABASE_PREPARES", request.param)
    settings.forget()
    close_all()
    yield bool(request.param)
    monkeypatch.undo()
    settings.forget()
    close_all()


def take(work: Work, who: str = "test") -> None:
    work.soon(_TAKE, who=who, id=new_id(work.now), now=work.now)


def kept(brand: Brand) -> int:
    with begin(brand, "test") as work:
        return int(work.value(_COUNT))


def test_what_is_sent_soon_comes_before_what_it_is_sent_with(brand: Brand) -> None:
    with begin(brand, "test") as work:
        take(work)
        before = work.soon(_COUNT)
        take(work)
        assert work.value(_COUNT) == 2
        assert before.value() == 1


def test_reading_an_answer_sends_what_waits(brand: Brand) -> None:
    with begin(brand, "test") as work:
        asked = work.soon("SELECT 1 AS one UNION SELECT 2 ORDER BY one")
        assert [row.one for row in asked.all()] == [1, 2]
        assert asked.one() == (1,)
        assert asked.count == 2


def test_what_waits_is_sent_with_the_commit(brand: Brand) -> None:
    with begin(brand, "test") as work:
        take(work)
    assert kept(brand) == 1


def test_a_story_without_a_statement_opens_no_transaction(brand: Brand, worker_database: Any) -> None:
    connection(Role.APP).close()
    with begin(brand, "test"):
        pass
    assert kept(brand) == 0


def test_a_statement_that_fails_takes_with_it_all_it_was_sent_with(brand: Brand) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), begin(brand, "test") as work:  # noqa: PT012
        take(work)
        work.soon("SELECT 1 / 0")
        work.value(_COUNT)
    with pytest.raises(psycopg.errors.DivisionByZero), begin(brand, "test") as work:  # noqa: PT012
        take(work)
        work.soon("SELECT 1 / 0")
    assert kept(brand) == 0


def test_after_a_failure_that_was_swallowed_nothing_is_committed(brand: Brand) -> None:
    with pytest.raises(NotCommitted), begin(brand, "test") as work:  # noqa: PT012
        take(work)
        with pytest.raises(psycopg.errors.DivisionByZero):
            work.value("SELECT 1 / 0")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction), begin(brand, "test") as work:  # noqa: PT012
        with pytest.raises(psycopg.errors.DivisionByZero):
            work.value("SELECT 1 / 0")
        take(work)
    assert kept(brand) == 0


def test_a_value_that_cannot_be_sent_costs_its_own_statement_and_no_other(brand: Brand) -> None:
    with begin(brand, "test") as work:
        take(work)
        with pytest.raises(psycopg.DataError):
            work.value("SELECT %(text)s::text", text="nul \x00")
    assert kept(brand) == 1


def test_a_write_that_could_not_be_sent_is_not_forgotten_by_the_commit(brand: Brand) -> None:
    with pytest.raises(NotCommitted), begin(brand, "test") as work:  # noqa: PT012
        take(work)
        take(work, who="nul \x00")
        with pytest.raises(psycopg.DataError):
            work.value(_COUNT)
    assert kept(brand) == 0


def test_a_connection_closed_while_idle_costs_no_statement(brand: Brand, worker_database: Any) -> None:
    for is_alone in (True, False):
        pid = connection(Role.APP).info.backend_pid
        worker_database[1].execute("SELECT pg_terminate_backend(%s)", (pid,))
        while not connection(Role.APP).wire.was_closed():
            time.sleep(0.01)
        with begin(brand, "test") as work:
            take(work)
            if not is_alone:
                assert work.value("SELECT pg_backend_pid()") != pid
    assert kept(brand) == 2


def test_what_only_reads_cannot_write(brand: Brand) -> None:
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        begin(brand, "test", kind=Kind.READING) as work,
    ):
        take(work)
    with begin(brand, "test", kind=Kind.READING) as work:
        assert work.value(_COUNT) == 0
    # Nobody has waited for the end of the last one.
    assert kept(brand) == 0


def test_more_is_sent_in_one_message_than_a_socket_takes(brand: Brand) -> None:
    text = "x" * 300_000
    with begin(brand, "test") as work:
        asked = [work.soon("SELECT %(text)s::text AS text", text=text) for _ in range(40)]
        assert all(each.value() == text for each in asked)


def test_a_statement_outlives_a_change_of_its_table(
    brand: Brand, worker_database: Any, *, prepares: bool
) -> None:
    admin = worker_database[1]
    admin.execute("CREATE TABLE platform.changing (a int)")
    admin.execute("GRANT SELECT ON platform.changing TO comptoir_app")
    try:
        for _ in range(6):
            with begin(brand, "test") as work:
                work.all("SELECT * FROM platform.changing")
        admin.execute("ALTER TABLE platform.changing ADD b int")
        if prepares:
            with pytest.raises(psycopg.errors.FeatureNotSupported), begin(brand, "test") as work:
                work.all("SELECT * FROM platform.changing")
        with begin(brand, "test") as work:
            assert work.all("SELECT * FROM platform.changing") == []
    finally:
        admin.execute("DROP TABLE platform.changing")


def test_values_of_other_types_are_prepared_apart(brand: Brand) -> None:
    with begin(brand, "test") as work:
        for value in [1, 2**40, 3] * 5:
            assert work.value("SELECT %(value)s + 0", value=value) == value
