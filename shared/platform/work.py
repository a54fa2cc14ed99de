"""The unit of work: what a story may do inside its transaction. Only doors open, commit or roll back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, LiteralString

from shared.platform import audit, clock, outbox
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.statements import Answer
from shared.platform.transactions import Kind, Soon, Transaction, open_transaction
from shared.platform.watch import Watch

if TYPE_CHECKING:
    from sqlalchemy import Executable

    from shared.platform.events import Event


class Work:
    """One transaction: its brand, its time, its SQL, and the events it will have told when it commits."""

    __slots__ = (
        "_brand",
        "_transaction",
        "_wakes_relay",
        "audited",
        "correlation_id",
        "now",
        "told",
        "trail",
        "watch",
    )

    def __init__(
        self,
        transaction: Transaction,
        brand: Brand | None,
        correlation_id: str,
        now: datetime,
        watch: Watch | None = None,
    ) -> None:
        self._transaction, self._brand = transaction, brand
        self.now, self.correlation_id = now, correlation_id
        self.told: list[outbox.Told] = []
        self.audited: list[audit.Entry] = []
        self.trail: audit.Trail | None = None
        self.watch = watch or Watch()
        self._wakes_relay = False

    @property
    def queries(self) -> int:
        """How many statements were sent so far."""
        return self.watch.queries

    @property
    def wakes_relay(self) -> bool:
        """Whether this commit leaves events that the relay is woken for: some are urgent, whichever brand's."""
        return self._wakes_relay or any(told.event.urgent for told in self.told)

    @wakes_relay.setter
    def wakes_relay(self, wakes: bool) -> None:
        self._wakes_relay = wakes

    @property
    def brand(self) -> Brand:
        """The brand this work is for. Raises LookupError in a sweep across brands."""
        if self._brand is None:
            raise LookupError("this work is not for one brand")
        return self._brand

    def one(self, sql: LiteralString, /, **params: Any) -> Any | None:
        """The first row (a namedtuple) or None."""
        return self._execute(sql, params).one()

    def all(self, sql: LiteralString, /, **params: Any) -> list[Any]:
        """Every row (namedtuples)."""
        return self._execute(sql, params).all()

    def value(self, sql: LiteralString, /, **params: Any) -> Any:
        """The first column of the first row, or None when there is no row."""
        return self._execute(sql, params).value()

    def run(self, sql: LiteralString, /, **params: Any) -> int:
        """Execute and answer how many rows it touched."""
        return self._execute(sql, params).count

    def soon(self, sql: LiteralString, /, **params: Any) -> Soon:
        """Execute with the next statement, or with the COMMIT: for a write whose count nobody needs, and for what is asked together.

        What is wrong with it is raised then; its answer is read from what this answers.
        """
        waits = self._transaction.soon(sql, params)
        if self.watch.timings is None:
            self.watch.queries += 1
        else:
            self._timed(waits)
        return waits

    def select(self, statement: "Executable") -> list[Any]:
        """Rows of a SQLAlchemy Core statement: for lists whose filters are only known at run time."""
        from sqlalchemy.dialects.postgresql.psycopg import dialect

        compiled = statement.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined, no-untyped-call]
        return self._execute(str(compiled), compiled.params).all()

    def _execute(self, sql: str, params: Any) -> Answer:
        watch = self.watch
        if watch.timings is None:
            watch.queries += 1
            return self._transaction.execute(sql, params)
        return self._timed(self._transaction.soon(sql, params))

    def _timed(self, waits: Soon) -> Answer:
        """The answer, of a statement that is sent alone so that its time is its own."""
        watch = self.watch
        watch.queries += 1
        started = perf_counter()
        answer = waits.answer
        assert watch.timings is not None
        watch.timings.append((waits.sql, perf_counter() - started, answer.count))
        return answer

    @contextmanager
    def within(self, brand: Brand) -> Iterator["Work"]:
        """Another brand's work in this very transaction: what is written, told and audited there is that brand's.

        For the few stories that cross brands by their permission; a test knows them by name.
        """
        visiting = Work(self._transaction, brand, self.correlation_id, self.now, self.watch)
        self._enter(brand)
        yield visiting
        outbox.record(visiting)
        audit.record(visiting)
        self._enter(self.brand)
        self._wakes_relay = self._wakes_relay or visiting.wakes_relay

    def _enter(self, brand: Brand) -> None:
        self.run("SELECT set_config('app.brand', %(id)s, true)", id=str(brand.id))

    def tell(self, event: "Event", key: str | None = None) -> None:
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
    kind: Kind = Kind.WRITING,
) -> Iterator[Work]:
    """A transaction in `brand` (None: a sweep by the jobs role). Told events and audit entries are recorded last, in the same
    commit."""
    with open_transaction(role, brand.id if brand else None, kind) as opened:
        work = Work(opened, brand, correlation_id, now or clock.now(), watch)
        yield work
        outbox.record(work)
        audit.record(work)
