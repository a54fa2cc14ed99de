"""What the local Stripe remembers: one SQLite file, every request one transaction, kept over restarts and kills."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from local.stripe.schemas import check_object

type Object = dict[str, Any]

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS objects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
        customer TEXT, payment_intent TEXT, charge TEXT, type TEXT, body TEXT NOT NULL, private TEXT NOT NULL DEFAULT '{}');
    CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
    CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (customer, kind) WHERE customer IS NOT NULL;
    CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (payment_intent, kind) WHERE payment_intent IS NOT NULL;
    CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (charge, kind) WHERE charge IS NOT NULL;
    CREATE TABLE IF NOT EXISTS metadata (
        object_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (object_id, key)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS metadata_by_value ON metadata (key, value);
    CREATE TABLE IF NOT EXISTS idempotency (
        key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
        request_id TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting', answer TEXT);
    CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due) WHERE state = 'waiting';
"""
# The columns that lists filter by, each a property of the object.
_FILTERS = ("customer", "payment_intent", "charge", "type")


class Storage:
    """The objects of one account, and what was answered under which idempotency key."""

    def __init__(self, path: Path | str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing; only a power cut could lose the last moments.
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA busy_timeout = 5000")
        self.db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def save(self, made: Object, private: Object | None = None) -> Object:
        """Insert or replace a valid object; `private` is what Stripe knows and does not show. Raises Broken."""
        if not made.get("deleted"):
            check_object(made)
        columns = [_as_id(made.get(name)) for name in _FILTERS]
        hidden = None if private is None else orjson.dumps(private).decode()
        self.db.execute(
            """INSERT INTO objects (id, kind, created, customer, payment_intent, charge, type, body, private)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, '{}'))
               ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, payment_intent = excluded.payment_intent,
                   charge = excluded.charge, type = excluded.type, body = excluded.body, private = coalesce(?, private)""",
            (
                made["id"],
                made["object"],
                made.get("created", 0),
                *columns,
                orjson.dumps(made).decode(),
                hidden,
                hidden,
            ),
        )
        self.db.execute("DELETE FROM metadata WHERE object_id = ?", (made["id"],))
        pairs = (made.get("metadata") or {}).items()
        self.db.executemany("INSERT INTO metadata VALUES (?, ?, ?)", [(made["id"], *pair) for pair in pairs])
        return made

    def find(self, kind: str, object_id: str) -> Object | None:
        """The object of this kind and id."""
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)
        ).fetchone()
        return None if row is None else orjson.loads(row["body"])

    def private(self, object_id: str) -> Object:
        """What is known of the object beside what it shows."""
        row = self.db.execute("SELECT private FROM objects WHERE id = ?", (object_id,)).fetchone()
        return {} if row is None else dict(orjson.loads(row["private"]))

    def page(
        self, kind: str, filters: Object, created: Object, before: str | None, after: str | None, limit: int
    ) -> tuple[list[Object], bool]:
        """Objects, newest first, and whether there are more. `after` an id are older ones, `before` it newer ones."""
        where, values = ["kind = ?"], [kind]
        for name, value in filters.items():
            where.append(f"{name if name in _FILTERS else f"body ->> '{name}'"} = ?")
            values.append(value)
        for name, sign in {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}.items():
            if name in created:
                where.append(f"created {sign} ?")
                values.append(created[name])
        for cursor, sign in ((after, "<"), (before, ">")):
            if cursor is not None:
                where.append(f"seq {sign} (SELECT seq FROM objects WHERE id = ?)")
                values.append(cursor)
        order = "ASC" if before is not None else "DESC"
        rows = self.db.execute(
            f"SELECT body FROM objects WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?",
            [*values, limit + 1],
        ).fetchall()
        found = [orjson.loads(row["body"]) for row in rows[:limit]]
        return found[::-1] if before is not None else found, len(rows) > limit

    def with_metadata(self, kind: str, key: str, value: str) -> list[Object]:
        """Objects of this kind with this metadata, newest first."""
        rows = self.db.execute(
            """SELECT body FROM objects JOIN metadata ON object_id = id
                WHERE kind = ? AND key = ? AND value = ? ORDER BY seq DESC""",
            (kind, key, value),
        )
        return [orjson.loads(row["body"]) for row in rows]

    def all(self, kind: str) -> Iterator[Object]:
        """Every object of this kind, newest first."""
        for row in self.db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY seq DESC", (kind,)):
            yield orjson.loads(row["body"])


def _as_id(value: Any) -> str | None:
    return value if isinstance(value, str) else None
