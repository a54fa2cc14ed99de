"""The unit of work: what a story may do inside its transaction. Only doors open, commit or roll back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg

from shared.platform import audit, clock, outbox
from shared.platform.brands import Brand
from shared.platform.database import Role, transaction
from shared.platform.events import Event
from shared.platform.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy import Executable


class Work:
    """One transaction: its brand, its time, its SQL, and the events it will have told when it commits."""

    __slots__ = (
        "_brand",
        "_conn",
        "audited",
        "correlation_id",
        "now",
        "told",
        "trail",
        "wakes_relay",
        "watch",
    )

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        brand: Brand | None,
        correlation_id: str,
        now: datetime,
        watch: Watch | None = None,
    ) -> None:
        self._conn, self._brand = conn, brand
        self.now, self.correlation_id = now, correlation_id
        self.told: list[outbox.Told] = []
        self.audited: list[audit.Entry] = []
        self.trail: audit.Trail | None = None
        self.watch = watch or Watch()
        # Whether events wait after this commit although nothing was told.
        self.wakes_relay = False

    @property
    def queries(self) -> int:
        """How many statements were sent so far."""
        return self.watch.queries

    @property
    def brand(self) -> Brand:
        """The brand this work is for. Raises LookupError in a sweep across brands."""
        if self._brand is None:
            raise LookupError("this work is not for one brand")
        return self._brand

    def one(self, sql: LiteralString, /, **params: Any) -> Any | None:
        """The first row (a namedtuple) or None."""
        return self._execute(sql, params).fetchone()

    def all(self, sql: LiteralString, /, **params: Any) -> list[Any]:
        """Every row (namedtuples)."""
        return self._execute(sql, params).fetchall()

    def value(self, sql: LiteralString, /, **params: Any) -> Any:
        """The first column of the first row, or None when there is no row."""
        row = self.one(sql, **params)
        return None if row is None else row[0]

    def run(self, sql: LiteralString, /, **params: Any) -> int:
        """Execute and answer how many rows it touched."""
        return self._execute(sql, params).rowcount

    def select(self, statement: "Executable") -> list[Any]:
        """Rows of a SQLAlchemy Core statement: for lists whose filters are only known at run time."""
        from sqlalchemy.dialects.postgresql.psycopg import dialect

        compiled = statement.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined, no-untyped-call]
        return self._execute(str(compiled), compiled.params).fetchall()

    def _execute(self, sql: str, params: Any) -> psycopg.Cursor[Any]:
        watch = self.watch
        watch.queries += 1
        if watch.timings is None:
            return self._conn.execute(sql, params)
        started = perf_counter()
        cursor: psycopg.Cursor[Any] = self._conn.execute(sql, params)
        watch.timings.append((sql, perf_counter() - started, cursor.rowcount))
        return cursor

    @contextmanager
    def within(self, brand: Brand) -> Iterator["Work"]:
        """Another brand's work in this very transaction: what is written, told and audited there is that brand's.

        For the few stories that cross brands by their permission; a test knows them by name.
        """
        visiting = Work(self._conn, brand, self.correlation_id, self.now, self.watch)
        self._enter(brand)
        yield visiting
        outbox.record(visiting)
        audit.record(visiting)
        self._enter(self.brand)
        self.wakes_relay = self.wakes_relay or bool(visiting.told)

    def _enter(self, brand: Brand) -> None:
        self.run("SELECT set_config('app.brand', %(id)s, true)", id=str(brand.id))

    def tell(self, event: Event, key: str | None = None) -> None:
        """Tell `event` when this work commits, and only then. `key` groups events whose order matters (an order's id)."""
        self.told.append(outbox.Told.of(event, key, self.now))

    def audit(
        self,
        *,
        before: Any = None,
        after: Any = None,
        resource: Mapping[str, Any] | None = None,
        action: str | None = None,
        actor: audit.Actor | None = None,
    ) -> None:
        """Write an audit entry when this work commits, in the place of the bare one that the door writes for staff.

        `before` and `after` (models, rows, mappings) are what the deed changed; only fields that differ are kept, none with a
        secret's value. `resource` is the path's parameters, `action` "context.function" and `actor` the caller unless given.
        """
        self.audited.append(
            audit.entry_of(
                self.trail,
                self.correlation_id,
                before=before,
                after=after,
                resource=resource,
                action=action,
                actor=actor,
            )
        )


@contextmanager
def begin(
    brand: Brand | None,
    correlation_id: str,
    role: Role = Role.APP,
    now: datetime | None = None,
    watch: Watch | None = None,
    durable: bool = True,
) -> Iterator[Work]:
    """A transaction in `brand` (None: a sweep by the jobs role). Told events and audit entries are recorded last, in the same
    commit. With `durable` off the commit does not wait for the disk: for what is done again if the server loses it."""
    with transaction(role, brand.id if brand else None, durable) as conn:
        work = Work(conn, brand, correlation_id, now or clock.now(), watch)
        yield work
        outbox.record(work)
        audit.record(work)
