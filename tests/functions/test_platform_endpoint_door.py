"""The endpoint's door: what is the same for every request."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shared.kernel.refusals import Invalid
from shared.platform import steps
from shared.platform.brands import Brand
from shared.platform.database import Role, close_all, connection
from shared.platform.doors import Public, Steps, endpoint
from shared.platform.events import Event
from shared.platform.models import Outcome, Pending, Query, Request, Response
from shared.platform.work import Work, begin
from tests.gateway import Answer, Bus, call, http_event, read
from tests.killing import Killed

PATH = "/v1/notes"


class NoteTakenV1(Event):
    text: str


class TakeNote(Request):
    text: str
    stars: int = 0


class Note(Response):
    text: str
    notes: int


class NoteRefused(Invalid):
    """This note is not wanted."""


def take_note(ask: TakeNote, work: Work) -> Note:
    if ask.text == "no":
        raise NoteRefused(because="no")
    work.tell(NoteTakenV1(text=ask.text))
    return Note(text=ask.text, notes=taken(work))


def taken(work: Work) -> int:
    return int(work.value("SELECT count(*) FROM platform.outbox_events"))


take = endpoint("POST", PATH, take_note, status=201)


def of(brand: Brand, **headers: str) -> dict[str, str]:
    return {"x-brand": brand.slug, **{name.replace("_", "-"): value for name, value in headers.items()}}


def post(brand: Brand, text: str, **headers: str) -> Answer:
    return call(take, "POST", PATH, {"text": text}, headers=of(brand, **headers))


def test_a_change_and_its_event_commit_together(brand: Brand, bus: Bus) -> None:
    assert post(brand, "one").status == 201
    assert post(brand, "two").body["notes"] == 1
    assert [detail["data"]["text"] for detail in bus.relay()] == ["one", "two"]


def test_a_refusal_tells_nothing_and_explains_itself(brand: Brand, bus: Bus) -> None:
    answer = post(brand, "no")
    assert (answer.status, answer.code, answer.body["because"]) == (422, "note_refused", "no")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["request_id"]
    assert bus.relay() == []


def test_the_same_key_is_answered_again_and_done_once(brand: Brand, bus: Bus) -> None:
    first, second = (post(brand, "one", idempotency_key="k") for _ in range(2))
    assert first.body == second.body
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(bus.relay()) == 1


def test_a_key_is_of_one_body_and_of_one_brand(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    post(brand, "one", idempotency_key="k")
    other_body = post(brand, "two", idempotency_key="k")
    assert (other_body.status, other_body.code) == (422, "idempotency_key_reused")
    assert "idempotent-replayed" not in post(another_brand, "one", idempotency_key="k").headers


def test_a_refused_request_leaves_its_key_free(brand: Brand, bus: Bus) -> None:
    assert post(brand, "no", idempotency_key="k").status == 422
    assert post(brand, "no", idempotency_key="k").code == "note_refused"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "naïve", "tab\there"])
def test_a_key_that_is_no_key_is_refused(brand: Brand, bus: Bus, key: str) -> None:
    assert post(brand, "one", idempotency_key=key).code == "idempotency_key_invalid"


def in_threads(*acts: Callable[[], Answer]) -> list[Answer]:
    """Run side by side, each with connections of its own."""
    answers: list[Answer] = []

    def run(act: Callable[[], Answer]) -> None:
        try:
            answers.append(act())
        finally:
            close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_concurrent_twin_is_answered_at_once_while_the_first_works(brand: Brand, bus: Bus) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(ask: TakeNote, work: Work) -> Note:
        inside.set()
        assert go_on.wait(20)
        return take_note(ask, work)

    handler = endpoint("POST", PATH, slow, status=201)
    twin: list[Answer] = []

    def second() -> Answer:
        assert inside.wait(20)
        twin.append(call(handler, "POST", PATH, {"text": "a"}, headers=of(brand, idempotency_key="k")))
        go_on.set()
        return twin[0]

    answers = in_threads(
        lambda: call(handler, "POST", PATH, {"text": "a"}, headers=of(brand, idempotency_key="k")), second
    )
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert (twin[0].code, twin[0].headers["retry-after"]) == ("idempotency_in_progress", "1")
    assert len(bus.relay()) == 1


class Going(Pending):
    text: str


class Came(Outcome):
    times: int


class Provider:
    """Counts how often it was called, and by which key."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails = 0

    def reach(self, pending: Going) -> Came:
        self.calls.append(pending.text)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the provider hangs")
        return Came(times=len(self.calls))


def stepped(provider: Provider) -> Any:
    recorded: list[str] = []

    def record(ask: TakeNote, work: Work) -> Going:
        recorded.append(ask.text)
        work.tell(NoteTakenV1(text="recorded"))
        return Going(text=f"{ask.text}-{len(recorded)}")

    def settle(pending: Going, outcome: Came, work: Work) -> Note:
        work.tell(NoteTakenV1(text="settled"))
        return Note(text=pending.text, notes=outcome.times)

    return endpoint("POST", PATH, Steps(record, provider.reach, settle), status=201, idempotency="required")


def test_a_step_story_without_its_key_is_refused(brand: Brand, bus: Bus) -> None:
    answer = call(stepped(Provider()), "POST", PATH, {"text": "a"}, headers=of(brand))
    assert (answer.status, answer.code) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    "place", ["before_commit", "after_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_at_any_step_the_retry_finishes_the_same_story(brand: Brand, bus: Bus, place: str) -> None:
    provider = Provider()
    handler = stepped(provider)

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    def ask() -> Answer:
        return call(handler, "POST", PATH, {"text": "a"}, headers=of(brand, idempotency_key="k"))

    steps.install(die)
    with pytest.raises(Killed):
        ask()
    steps.install(None)
    close_all()
    if place not in ("before_commit",):
        assert ask().code == "idempotency_in_progress"
        let_the_lease_lapse(brand)
    answer = ask()
    # A second `record` would have made it a-2, and the provider would have seen two keys.
    expected = "a-2" if place == "before_commit" else "a-1"
    assert (answer.status, answer.body["text"]) == (201, expected)
    assert set(provider.calls) == {expected}
    assert ask().headers["idempotent-replayed"] == "true"
    assert [detail["data"]["text"] for detail in bus.relay()] == ["recorded", "settled"]


def let_the_lease_lapse(brand: Brand) -> None:
    with begin(brand, "test") as work:
        work.run("UPDATE platform.idempotency_keys SET lease_until = %(now)s", now=work.now)


def test_a_provider_that_failed_is_tried_again_by_the_very_next_retry(brand: Brand, bus: Bus) -> None:
    provider = Provider()
    provider.fails = 1
    handler = stepped(provider)
    answers = [
        call(handler, "POST", PATH, {"text": "a"}, headers=of(brand, idempotency_key="k")) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [500, 201]
    assert provider.calls == ["a-1", "a-1"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "malformed_json"),
        ("{", 400, "malformed_json"),
        ('{"text": "\ud800"}', 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        ("[" * 100_000, 400, "malformed_json"),
        ('{"text": NaN}', 422, "validation_failed"),
        ("[]", 422, "validation_failed"),
        ('"text"', 422, "validation_failed"),
        ('{"text": 1}', 422, "validation_failed"),
        ('{"text": "a", "admin": true}', 422, "validation_failed"),
        ('{"text": "a", "stars": "3"}', 422, "validation_failed"),
        ('{"text": "a\\u0000b"}', 422, "validation_failed"),
        ('{"text": "' + "a" * 2**21 + '"}', 413, "body_too_large"),
    ],
)
def test_a_bad_body_gets_a_clear_problem(brand: Brand, bus: Bus, body: Any, status: int, code: str) -> None:
    answer = call(take, "POST", PATH, body, headers=of(brand))
    assert (answer.status, answer.code) == (status, code)
    assert bus.relay() == []


def test_a_field_in_error_is_named(brand: Brand, bus: Bus) -> None:
    answer = call(take, "POST", PATH, {"text": 1, "extra": 2}, headers=of(brand))
    assert {error["field"] for error in answer.body["errors"]} == {"text", "extra"}


def test_a_body_that_only_claims_to_be_base64_is_refused(brand: Brand, bus: Bus) -> None:
    event = http_event("POST", PATH, headers=of(brand))
    assert read(take(event | {"body": "%%%", "isBase64Encoded": True})).code == "malformed_body"
    assert read(take(event | {"body": "A" * 2**21, "isBase64Encoded": True})).code == "body_too_large"


class Which(Query):
    q: str = ""
    tag: list[str] = []  # noqa: RUF012


def show(note_id: UUID, which: Which, work: Work) -> Note:
    return Note(text=which.q + "|".join(which.tag), notes=int(work.value("SELECT 1")))


get = endpoint("GET", PATH + "/{note_id}", show, cache=Public(max_age=60, warm=30))
ID = "01900000-0000-7000-8000-000000000000"


def fetch(brand: Brand, note_id: str = ID, raw_query: str = "", **headers: str) -> Answer:
    return call(
        get,
        "GET",
        f"{PATH}/{note_id}",
        headers=of(brand, **headers),
        raw_query=raw_query,
        path_params={"note_id": note_id},
    )


def test_a_repeated_key_is_an_error_unless_the_field_is_a_list(brand: Brand) -> None:
    assert fetch(brand, raw_query="tag=a&tag=b%2Cc&utm_source=x").body["text"] == "a|b,c"
    assert fetch(brand, raw_query="q=a&q=b").body["errors"][0] == {
        "field": "q",
        "code": "repeated",
        "message": "This may be given once.",
    }


@pytest.mark.parametrize("raw_query", ["q=%00", "q=%ff", "&".join(f"k{n}=1" for n in range(200))])
def test_a_query_that_cannot_be_read_is_refused(brand: Brand, raw_query: str) -> None:
    assert fetch(brand, raw_query=raw_query).code == "malformed_request"


@pytest.mark.parametrize("note_id", ["1", "not-an-id", "%00", "x" * 1000])
def test_an_id_that_is_none_names_nothing(brand: Brand, note_id: str) -> None:
    assert fetch(brand, note_id).status == 404


def test_a_public_answer_is_revalidated(brand: Brand) -> None:
    first = fetch(brand)
    assert first.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=60"
    again = fetch(brand, if_none_match=f'"other", W/{first.headers["etag"]}')
    assert (again.status, again.body, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert fetch(brand, if_none_match='"other"').status == 200


def test_a_warm_answer_is_of_one_brand(brand: Brand, another_brand: Brand) -> None:
    name = endpoint("GET", PATH, brand_name, cache=Public(max_age=60, warm=30))
    answers = [call(name, "GET", PATH, headers=of(each)) for each in (brand, another_brand, brand)]
    assert [answer.body["text"] for answer in answers] == [brand.slug, another_brand.slug, brand.slug]


def brand_name(work: Work) -> Note:
    return Note(text=work.brand.slug, notes=0)


def test_an_unknown_brand_is_not_found(brand: Brand) -> None:
    answer = call(take, "POST", PATH, {"text": "a"}, headers={"x-brand": "nobody"})
    assert (answer.status, answer.code) == (404, "brand_not_found")


def test_the_host_names_the_brand_before_the_header_does(brand: Brand, another_brand: Brand) -> None:
    name = endpoint("GET", PATH, brand_name)
    answer = call(
        name, "GET", PATH, headers={"host": f"{brand.slug}.example:443", "x-brand": another_brand.slug}
    )
    assert answer.body["text"] == brand.slug


def test_only_the_brands_own_origins_may_read_answers(brand: Brand, bus: Bus) -> None:
    assert post(brand, "a", origin=f"https://{brand.slug}.example").headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in post(brand, "a", origin="https://evil.example").headers


def test_a_crash_is_a_500_without_internals(brand: Brand) -> None:
    def crash(work: Work) -> Note:
        raise RuntimeError("password=hunter2")

    answer = call(endpoint("GET", PATH, crash), "GET", PATH, headers=of(brand))
    assert (answer.status, answer.code) == (500, "internal_error")
    assert "hunter2" not in str(answer)


def test_a_value_that_no_column_holds_is_the_callers_mistake(brand: Brand) -> None:
    def overflow(ask: TakeNote, work: Work) -> Note:
        return Note(text="", notes=work.value("SELECT %(stars)s::int", stars=ask.stars))

    answer = call(
        endpoint("POST", PATH, overflow), "POST", PATH, {"text": "a", "stars": 10**30}, headers=of(brand)
    )
    assert (answer.status, answer.code) == (422, "value_out_of_range")


def test_a_database_that_went_away_meanwhile_is_found_again(brand: Brand, bus: Bus) -> None:
    assert post(brand, "one").status == 201
    with pytest.raises(psycopg.OperationalError):
        connection(Role.APP).execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert post(brand, "two").status == 201


def test_a_correlation_id_is_passed_on_only_when_harmless(brand: Brand, bus: Bus) -> None:
    post(brand, "one", x_correlation_id="trace-1")
    post(brand, "two", x_correlation_id='"\n evil')
    first, second = (detail["correlation_id"] for detail in bus.relay())
    assert first == "trace-1"
    assert "evil" not in second
