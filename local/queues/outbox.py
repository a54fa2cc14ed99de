"""What the runner asks of the outbox: how much waits, and that nothing published before a restart is lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from local.templates.system import Listener

# Queues live in memory here: what an earlier run published lately, and some consumer has not applied, is published again.
_LOST_AT_MOST = timedelta(days=30)

_COUNT = """
    SELECT (SELECT count(*) FROM platform.outbox_events WHERE status = 'pending'),
           (SELECT count(*) FROM platform.outbox_events WHERE status = 'dead')
"""
_UNAPPLIED = """
    UPDATE platform.outbox_events e
       SET status = 'pending', next_attempt_at = %(now)s, claimed_until = NULL
     WHERE e.status = 'published' AND e.published_at > %(since)s
       AND EXISTS (SELECT 1
                     FROM jsonb_to_recordset(%(listeners)s) AS l(type text, versions int[], consumer text)
                    WHERE l.type = e.type AND (l.versions IS NULL OR e.version = ANY(l.versions))
                      AND NOT EXISTS (SELECT 1 FROM platform.inbox i
                                       WHERE i.event_id = e.id AND i.consumer = l.consumer))
"""
_UNCLAIMED = """
    UPDATE platform.outbox_events SET claimed_until = NULL WHERE status = 'pending' AND claimed_until IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Events not yet published, and those given up."""

    pending: int
    dead: int


class Outbox:
    """The outbox behind `jobs_url`, the `postgresql://` URL of the role that sweeps across brands."""

    def __init__(self, jobs_url: str) -> None:
        self._url = jobs_url
        self._connection: psycopg.AsyncConnection | None = None

    async def waiting(self) -> Waiting:
        """How much waits. Raises psycopg.Error when the database cannot be asked."""
        connection = await self._connected()
        row = await (await connection.execute(_COUNT)).fetchone()
        assert row is not None
        return Waiting(*row)

    async def recover(self, listeners: Sequence[Listener], now: datetime) -> int:
        """Have published again what a consumer lacks; answers how many events. For a time when no relay runs."""
        connection = await self._connected()
        await connection.execute(_UNCLAIMED)
        known = Jsonb([asdict(listener) for listener in listeners])
        given = {"now": now, "since": now - _LOST_AT_MOST, "listeners": known}
        return (await connection.execute(_UNAPPLIED, given)).rowcount

    async def close(self) -> None:
        """Disconnect."""
        if self._connection:
            await self._connection.close()

    async def _connected(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        return self._connection
