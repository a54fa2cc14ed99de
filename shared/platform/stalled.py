"""Background jobs that nothing is heard of any more: their message lies among the dead letters, or their file was never sent."""

from datetime import timedelta

from shared.platform.database import Role
from shared.platform.work import begin

# Longer than the slowest batch needs to die five times: 300 s of a function, of which a queue waits six times before it tries again.
AFTER = timedelta(hours=4)
PROBLEM = "stalled"
BATCH = 500

# What is at work right now has its row locked.
_FAIL = """
    WITH stalled AS (
        SELECT brand_id, id FROM platform.background_jobs
         WHERE finished_at IS NULL AND created_at <= %(before)s AND coalesce(moved_at, created_at) <= %(before)s
         ORDER BY created_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    UPDATE platform.background_jobs j
       SET status = 'failed', problem = %(problem)s, finished_at = %(now)s, started_at = coalesce(j.started_at, %(now)s)
      FROM stalled WHERE (j.brand_id, j.id) = (stalled.brand_id, stalled.id)
"""


def fail_batch() -> int:
    """Fail up to BATCH jobs of any brand that have not moved for so long; answers how many. What they had done is done and counted; a
    message of theirs that comes back finds them over."""
    with begin(None, "fail_stalled_jobs", Role.JOBS) as work:
        return work.run(_FAIL, before=work.now - AFTER, now=work.now, problem=PROBLEM, batch=BATCH)
