"""Edges of the platform that were once wrong: each test is the one that would have caught it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, Text, select

from shared.kernel.ids import new_id
from shared.platform import aws, brands, outbox, relay, settings
from shared.platform.brands import Brand, find_brand
from shared.platform.database import Role, close_all, connection
from shared.platform.doors import Steps, consumer, endpoint, job
from shared.platform.events import Event
from shared.platform.models import Outcome, Pending, Request, Response
from shared.platform.transactions import transaction
from shared.platform.work import Work, begin
from tests.gateway import Bus, batch, call


class Ask(Request):
    text: str = ""


class Said(Response):
    text: str


class RangV1(Event):
    n: int


def test_a_story_that_swallows_a_database_error_is_not_answered_as_done(brand: Brand) -> None:
    """In an aborted transaction COMMIT *succeeds* with the tag ROLLBACK: nothing is kept, 201 is answered."""

    def story(ask: Ask, work: Work) -> Said:
        work.run(
            "INSERT INTO platform.inbox (consumer, event_id, applied_at) VALUES ('x', %(id)s, %(now)s)",
            id=new_id(work.now),
            now=work.now,
        )
        with suppress(psycopg.Error):
            work.run("SELECT 1/0")
        return Said(text="kept")

    answer = call(
        endpoint("POST", "/v1/x", story, status=201), "POST", "/v1/x", {}, headers={"x-brand": brand.slug}
    )
    with begin(brand, "t") as work:
        kept = work.value("SELECT count(*) FROM platform.inbox")
    assert (answer.status == 201) == (kept == 1)


def test_a_connection_lost_while_idle_does_not_fail_the_brand_lookup(
    brand: Brand, worker_database: Any
) -> None:
    pid = connection(Role.APP).info.backend_pid
    worker_database[1].execute("SELECT pg_terminate_backend(%s)", (pid,))
    brands.forget()
    assert find_brand("", brand.slug).id == brand.id


def test_a_connection_lost_while_idle_does_not_fail_the_next_transaction(
    brand: Brand, worker_database: Any
) -> None:
    pid = connection(Role.APP).info.backend_pid
    worker_database[1].execute("SELECT pg_terminate_backend(%s)", (pid,))
    with begin(brand, "t") as work:
        assert work.value("SELECT pg_backend_pid()") != pid


def test_a_connection_lost_before_the_commit_fails_it(brand: Brand, worker_database: Any) -> None:
    with pytest.raises(psycopg.OperationalError), begin(brand, "t") as work:  # noqa: PT012
        pid = work.value("SELECT pg_backend_pid()")
        worker_database[1].execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert connection(Role.APP).info.backend_pid != pid


@contextmanager
def http_server(status: int, body: bytes, length: int | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("content-length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "length"),
    [(503, b"<html>slow down</html>", None), (200, b"{", 100), (200, b"[]", None)],
)
def test_a_strange_answer_of_sqs_after_the_commit_does_not_fail_the_request(
    monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, length: int | None
) -> None:
    with http_server(status, body, length) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("RELAY_QUEUE_URL", url + "/1/q")
        settings.forget()
        try:
            outbox.wake_relay()
        finally:
            settings.forget()


def test_a_slow_relay_s_failure_does_not_reopen_what_another_has_published(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin(brand, "t") as work:
        work.tell(RangV1(n=1))
    publish = relay._publish

    def slow(rows: Any) -> dict[Any, str]:
        # Ten calls of 3 s each outlive the 30 s claim; meanwhile the other relay publishes and marks.
        with begin(None, "t", Role.JOBS) as work:
            work.run(
                "UPDATE platform.outbox_events SET claimed_until = %(past)s",
                past=work.now - timedelta(seconds=1),
            )
        monkeypatch.setattr(relay, "_publish", publish)
        assert relay.relay_batch() == (1, 0)
        return {row.id: "timed out" for row in rows}

    monkeypatch.setattr(relay, "_publish", slow)
    relay.relay_batch()
    with begin(brand, "t") as work:
        assert work.value("SELECT status FROM platform.outbox_events") == "published"


def test_two_strangers_with_the_same_idempotency_key_do_not_share_an_answer(brand: Brand) -> None:
    def story(ask: Ask, work: Work) -> Said:
        return Said(text=f"secret-{new_id(work.now)}")

    door = endpoint("POST", "/v1/store/cart", story, status=201)
    given = {"x-brand": brand.slug, "idempotency-key": "1"}
    mine = call(door, "POST", "/v1/store/cart", {}, headers=given, source_ip="192.0.2.1")
    theirs = call(door, "POST", "/v1/store/cart", {}, headers=given, source_ip="198.51.100.7")
    assert theirs.body != mine.body


def test_a_job_s_work_in_one_brand_finds_a_row_by_its_index(brand: Brand, worker_database: Any) -> None:
    with begin(brand, "t") as work:
        work.run(
            "INSERT INTO notifications.mails (id, dedupe_key, template, template_version, locale, recipient, variables, status, queued_at)"
            " SELECT gen_random_uuid(), 'k' || n, 't', 1, 'fr', 'a@b.c', '{}', 'queued', %(now)s FROM generate_series(1, 20000) n",
            now=work.now,
        )
    worker_database[1].execute("ANALYZE notifications.mails")
    wanted = new_id(datetime.now(UTC))
    plans = {}
    for role in Role:
        with transaction(role, brand.id) as conn:
            lines = conn.execute(
                "EXPLAIN SELECT * FROM notifications.mails WHERE id = %s", (wanted,)
            ).fetchall()
            plans[role] = "\n".join(line[0] for line in lines)
    # PostgreSQL 16 reads the whole index (cost 324 instead of 2.5 at 20,000 rows); 18 skips, once per brand.
    assert "brand_id = " in plans[Role.APP].partition("Filter")[0]
    assert "brand_id = " in plans[Role.JOBS].partition("Filter")[0]


def test_a_brand_cannot_take_another_s_host(brand: Brand, another_brand: Brand) -> None:
    """The application's role may UPDATE its own brand's row, hosts included; nothing keeps a host unique."""

    def take() -> None:
        with begin(another_brand, "t") as work:
            work.run(
                "UPDATE platform.brands SET hosts = ARRAY['maison.example'] WHERE id = %(id)s",
                id=another_brand.id,
            )

    with pytest.raises(psycopg.Error):
        take()


def test_a_host_is_found_in_any_case(brand: Brand, another_brand: Brand) -> None:
    assert (
        call(
            endpoint("GET", "/v1/y", tell_brand),
            "GET",
            "/v1/y",
            headers={"host": "Maison.Example", "x-brand": ""},
        ).body["text"]
        == brand.slug
    )


def tell_brand(work: Work) -> Said:
    return Said(text=work.brand.slug)


def test_a_brand_whose_rows_always_fail_does_not_starve_the_others(
    brand: Brand, another_brand: Brand
) -> None:
    due = [SimpleNamespace(brand_id=another_brand.id, id=n) for n in range(10)] + [
        SimpleNamespace(brand_id=brand.id, id=11)
    ]
    done: list[int] = []

    def find(work: Work, stuck: list[UUID]) -> list[Any]:
        return [row for row in due if row.id not in done and row.brand_id not in stuck][:10]

    def story(work: Work, rows: Any) -> int:
        if work.brand.id == another_brand.id:
            raise ValueError("poison")
        done.extend(row.id for row in rows)
        return len(rows)

    handler = job("x", story, every="1 minute", find=find)
    for _ in range(3):
        answer = handler({}, None)
    assert done == [11]
    assert answer["finished"] is False, "ten rows are due and undone"


def test_a_list_filtered_by_in_can_be_selected(brand: Brand) -> None:
    table = Table("brands", MetaData(schema="platform"), Column("slug", Text))
    with begin(brand, "t") as work:
        rows = work.select(select(table.c.slug).where(table.c.slug.in_(["maison", "ailleurs"])))
    assert [row.slug for row in rows] == ["maison"]


class Noted(Pending):
    n: int


class Reached(Outcome):
    pass


def test_a_twin_that_raises_while_the_other_is_at_its_provider_does_not_drop_its_outcome(
    brand: Brand, bus: Bus
) -> None:
    settled: list[int] = []
    recorded: list[int] = []
    twins: list[Any] = []

    class StillAtIt(Exception):
        pass

    def deliver() -> None:
        twins.append(handler(batch(details)))
        close_all()

    def record(fact: RangV1, work: Work) -> Noted | None:
        if recorded:
            raise StillAtIt
        recorded.append(fact.n)
        return Noted(n=fact.n)

    def reach(noted: Noted) -> Reached:
        twin = threading.Thread(target=deliver)
        twin.start()
        twin.join()
        return Reached()

    def settle(noted: Noted, outcome: Reached, work: Work) -> None:
        settled.append(noted.n)

    handler = consumer(Steps(record, reach, settle), listens=RangV1)
    with begin(brand, "t") as work:
        work.tell(RangV1(n=1))
    details = bus.relay()
    handler(batch(details))
    assert settled == [1]
    assert len(twins[0]["batchItemFailures"]) == 1


def test_events_told_while_recording_wake_the_relay(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(outbox, "wake_relay", lambda: woken.append(1))

    def record(fact: RangV1, work: Work) -> Noted:
        work.tell(RangV1(n=2))
        return Noted(n=fact.n)

    def reach(noted: Noted) -> Reached:
        return Reached()

    def settle(noted: Noted, outcome: Reached, work: Work) -> None:
        assert woken, "told before reaching a slow provider, published at the next minute"

    with begin(brand, "t") as work:
        work.tell(RangV1(n=1))
    assert consumer(Steps(record, reach, settle), listens=RangV1)(batch(bus.relay())) == {
        "batchItemFailures": []
    }


def test_guessed_brands_are_refused_before_postgresql_is_asked(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        return {"Attributes": {"spent": {"N": str(10**6)}}}

    monkeypatch.setenv("LIMITS_TABLE", "limits")
    settings.forget()
    monkeypatch.setattr(aws, "call", count)
    monkeypatch.setattr(brands, "look_up", lambda sql, *values: asked.append(values[1]))
    door = endpoint("GET", "/v1/y", tell_brand)
    statuses = [call(door, "GET", "/v1/y", headers={"x-brand": f"no-such-{n}"}).status for n in range(20)]
    settings.forget()
    # The first two of a window pass before the shared counter is asked.
    assert (statuses, asked) == ([404, 404] + [429] * 18, ["no-such-0", "no-such-1"])


def test_what_is_no_slug_is_not_even_looked_up(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brands, "look_up", lambda *_: pytest.fail("asked"))
    for slug in ("Maison", "a" * 64, "'; --", "é"):
        assert (
            call(endpoint("GET", "/v1/y", tell_brand), "GET", "/v1/y", headers={"x-brand": slug}).status
            == 404
        )


def test_begin_can_be_prepared_away_from_a_pooler(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PREPARES", "1")
    settings.forget()
    close_all()
    try:
        for _ in range(10):
            with begin(brand, "t") as work:
                assert work.value("SELECT platform.current_brand()") == brand.id
    finally:
        close_all()
        settings.forget()
