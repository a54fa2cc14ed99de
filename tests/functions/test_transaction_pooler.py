"""Behind a transaction pooler (RDS Proxy, PgBouncer) clients take turns on one server connection and never meet."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand, find_brand
from shared.platform.database import close_all
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.pooler import POOLERS

_SLUGS = "SELECT slug FROM platform.brands"
_BACKEND = "SELECT pg_backend_pid()"


@pytest.fixture(params=POOLERS)
def pooled(
    request: pytest.FixtureRequest, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The application's URL through a pooler that has one server connection; the platform connects by it."""
    close_all()
    with POOLERS[request.param](database.app) as url:
        monkeypatch.setenv("APP_DATABASE", url)
        forget()
        yield url
        close_all()


def _client(url: str) -> psycopg.Connection:
    # Without named prepared statements, as the platform connects.
    return psycopg.connect(url, autocommit=True, prepare_threshold=None)


def test_raw_sql_sees_nothing_of_the_client_before(pooled: str, brand: Brand, another_brand: Brand) -> None:
    with _client(pooled) as one, _client(pooled) as other:
        assert one.execute(_BACKEND).fetchone() == other.execute(_BACKEND).fetchone()
        for _ in range(3):
            one.execute(f"BEGIN; SET LOCAL app.brand = '{brand.id}'")
            assert one.execute(_SLUGS).fetchall() == [(brand.slug,)]
            one.execute("COMMIT")
            assert other.execute(_SLUGS).fetchall() == []
            other.execute(f"BEGIN; SET LOCAL app.brand = '{another_brand.id}'")
            assert other.execute(_SLUGS).fetchall() == [(another_brand.slug,)]
            other.execute("ROLLBACK")
            assert one.execute(_SLUGS).fetchall() == []


def test_a_session_setting_would_reach_the_next_client(pooled: str, brand: Brand) -> None:
    # Why tests/architecture bans them, and the proof that these poolers would show a leak.
    with _client(pooled) as one, _client(pooled) as other:
        one.execute(f"SET app.brand = '{brand.id}'")
        assert other.execute(_SLUGS).fetchall() == [(brand.slug,)]


def test_works_of_two_brands_interleave_on_one_connection(
    pooled: str, brand: Brand, another_brand: Brand
) -> None:
    seen: dict[str, set[str]] = {}

    def visit(mine: Brand) -> None:
        try:
            for _ in range(20):
                assert find_brand("", mine.slug) == mine
                with begin(mine, "test") as work:
                    slugs = {row.slug for row in work.all(_SLUGS)} | {
                        work.value("SELECT slug FROM platform.brands")
                    }
                    seen.setdefault(mine.slug, set()).update(slugs)
        finally:
            close_all()

    visitors = [threading.Thread(target=visit, args=[mine]) for mine in (brand, another_brand)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert seen == {brand.slug: {brand.slug}, another_brand.slug: {another_brand.slug}}


def test_a_client_that_dies_in_its_transaction_leaves_the_connection_clean(pooled: str, brand: Brand) -> None:
    with _client(pooled) as other:
        dying = _client(pooled)
        dying.execute(f"BEGIN; SET LOCAL app.brand = '{brand.id}'")
        dying.close()
        assert other.execute(_SLUGS).fetchall() == []
