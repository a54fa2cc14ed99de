"""What staff write about orders for each other."""

from datetime import datetime
from uuid import UUID

from shared.identity.callers import Staff
from shared.kernel.ids import new_id
from shared.platform.models import Response
from shared.platform.work import Work

SHOWN = 100


class OrderNote(Response):
    """A note. `author` is how its author was called then."""

    id: UUID
    author_id: UUID
    author: str
    body: str
    created_at: datetime


_COLUMNS = ", ".join(OrderNote.model_fields)


def add_note(work: Work, order_id: UUID, author: Staff, body: str) -> OrderNote:
    """Write a note about an order, which exists."""
    row = work.one(
        f"""INSERT INTO orders.order_notes (id, order_id, author_id, author, body, created_at)
            VALUES (%(id)s, %(order_id)s, %(author_id)s, %(author)s, %(body)s, %(now)s) RETURNING {_COLUMNS}""",
        id=new_id(work.now),
        order_id=order_id,
        author_id=author.user_id,
        author=author.email,
        body=body,
        now=work.now,
    )
    assert row is not None
    return OrderNote(**row._asdict())


def notes_about(work: Work, order_id: UUID) -> list[OrderNote]:
    """The latest notes, the newest first."""
    rows = work.all(
        f"SELECT {_COLUMNS} FROM orders.order_notes WHERE order_id = %(id)s ORDER BY id DESC LIMIT %(shown)s",
        id=order_id,
        shown=SHOWN,
    )
    return [OrderNote(**row._asdict()) for row in rows]
