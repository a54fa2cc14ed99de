"""How long mails live, and the batch that deletes them, oldest first, by index."""

from datetime import timedelta

from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# Who asks why a mail did not come asks within a year; far longer than any delivery of a fact could queue the same mail again.
MAILS = timedelta(days=365)

# Their attempts go along.
_SETTLED = """
    DELETE FROM notifications.mails WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM notifications.mails WHERE settled_at <= %(before)s LIMIT %(batch)s))
"""


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH mails that were sent, failed or given up so long ago, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        return work.run(_SETTLED, before=work.now - MAILS, batch=BATCH), 0
