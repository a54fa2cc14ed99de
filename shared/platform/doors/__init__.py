"""The doors: what is the same for every function, in front of the one story that each Lambda tells."""

from shared.platform.doors.answers import Public
from shared.platform.doors.consumer import consumer
from shared.platform.doors.endpoint import endpoint
from shared.platform.doors.job import job
from shared.platform.doors.steps import Steps
from shared.platform.doors.upload import upload
from shared.platform.doors.wake import wake

__all__ = ["Public", "Steps", "consumer", "endpoint", "job", "upload", "wake"]
