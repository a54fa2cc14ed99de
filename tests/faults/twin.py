"""`python -m tests.faults.twin`: run every job of the money's way beside its schedule, again and again, as schedules that fire twice do.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets.html: delivery at least once.
"""

import contextlib
import os
import random
import time

from local.faults.hook import StepFaults
from tests.faults.troubles import jobs

_PAUSE_SECONDS = (0.2, 2.0)


def main() -> None:
    """Run them until killed."""
    faults = StepFaults.installed(os.environ["FAULTS_FILE"])
    handlers = jobs()
    while True:
        for handler in random.sample(handlers, len(handlers)):
            for _ in range(2 if faults.wants_repeat() else 1):
                # It has told its log; the next run is the repetition.
                with contextlib.suppress(Exception):
                    handler({})
            time.sleep(random.uniform(*_PAUSE_SECONDS))


if __name__ == "__main__":
    main()
