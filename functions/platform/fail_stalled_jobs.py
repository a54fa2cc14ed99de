"""Every 1 hour — fail imports, exports and other long jobs that nothing has been heard of for hours, so that whoever waits sees it."""

from shared.platform import stalled
from shared.platform.doors import job


def fail_stalled_jobs() -> tuple[int, int]:
    return stalled.fail_batch(), 0


handler = job("fail_stalled_jobs", fail_stalled_jobs, every="1 hour")
