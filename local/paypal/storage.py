"""What the local PayPal remembers: one SQLite file, every request one transaction, kept over restarts and kills."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from local.paypal.schemas import check_object

type Object = dict[str, Any]

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS objects (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
        body TEXT NOT NULL, private TEXT NOT NULL DEFAULT '{}');
    CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
    CREATE TABLE IF NOT EXISTS invoices (invoice_id TEXT PRIMARY KEY, capture_id TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS keys (
        key TEXT PRIMARY KEY, operation TEXT NOT NULL, kind TEXT, object_id TEXT, status INTEGER NOT NULL, body TEXT NOT NULL,
        forgotten_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'waiting', answer TEXT);
    CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (due) WHERE state = 'waiting';
"""
_CHECKED = ("order", "capture", "refund")


class Storage:
    """The objects of one account, and what was answered under which PayPal-Request-Id."""

    def __init__(self, path: Path | str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
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

    def save(self, kind: str, made: Object, now: int, private: Object | None = None) -> Object:
        """Insert or replace a valid object; `private` is what PayPal knows and does not show. Raises Broken."""
        if kind in _CHECKED:
            check_object(kind, made)
        hidden = None if private is None else orjson.dumps(private).decode()
        self.db.execute(
            """INSERT INTO objects (id, kind, created, body, private) VALUES (?, ?, ?, ?, coalesce(?, '{}'))
               ON CONFLICT (id) DO UPDATE SET body = excluded.body, private = coalesce(?, private)""",
            (made.get("id") or made["dispute_id"], kind, now, orjson.dumps(made).decode(), hidden, hidden),
        )
        return made

    def find(self, kind: str, object_id: str) -> Object | None:
        """The object of this kind and id."""
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)
        ).fetchone()
        return None if row is None else orjson.loads(row["body"])

    def created(self, object_id: str) -> int:
        """When it was made, in seconds."""
        return int(
            self.db.execute("SELECT created FROM objects WHERE id = ?", (object_id,)).fetchone()["created"]
        )

    def private(self, object_id: str) -> Object:
        """What is known of the object beside what it shows."""
        row = self.db.execute("SELECT private FROM objects WHERE id = ?", (object_id,)).fetchone()
        return {} if row is None else dict(orjson.loads(row["private"]))

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind, the oldest first."""
        rows = self.db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY seq", (kind,))
        return [orjson.loads(row["body"]) for row in rows]
