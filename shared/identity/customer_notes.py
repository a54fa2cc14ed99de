"""What staff write about customers for each other."""

from datetime import datetime
from uuid import UUID

from shared.identity.callers import Staff
from shared.kernel.ids import new_id
from shared.platform.models import Response
from shared.platform.work import Work

SHOWN = 50


class Note(Response):
    """A note. `author` is how its author was called then."""

    id: UUID
    author_id: UUID
    author: str
    body: str
    created_at: datetime


_COLUMNS = ", ".join(Note.model_fields)


def add_note(work: Work, customer_id: UUID, author: Staff, body: str) -> Note:
    """Write a note about a customer, who exists."""
    row = work.one(
        f"""INSERT INTO identity.customer_notes (id, customer_id, author_id, author, body, created_at)
            VALUES (%(id)s, %(customer_id)s, %(author_id)s, %(author)s, %(body)s, %(now)s) RETURNING {_COLUMNS}""",
        id=new_id(work.now),
        customer_id=customer_id,
        author_id=author.user_id,
        author=author.email,
        body=body,
        now=work.now,
    )
    assert row is not None
    return Note(**row._asdict())


def notes_about(work: Work, customer_id: UUID) -> list[Note]:
    """The latest notes, the newest first."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM identity.customer_notes WHERE customer_id = %(customer_id)s
             ORDER BY id DESC LIMIT %(shown)s""",
        customer_id=customer_id,
        shown=SHOWN,
    )
    return [Note(**row._asdict()) for row in rows]
