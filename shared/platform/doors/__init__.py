"""The doors: what is the same for every function, in front of the one story that each Lambda tells.

Each is imported when it is asked for: a function has one door, and no use for the others at its cold start.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.platform.doors.answers import Public
    from shared.platform.doors.consumer import consumer
    from shared.platform.doors.endpoint import endpoint
    from shared.platform.doors.job import job
    from shared.platform.doors.steps import Steps
    from shared.platform.doors.upload import upload
    from shared.platform.doors.wake import wake

__all__ = ["Public", "Steps", "consumer", "endpoint", "job", "upload", "wake"]

_WHERE = {"Public": "answers", "Steps": "steps"}


class _Doors(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_WHERE.get(name, name)}"), name)

    def __setattr__(self, name: str, value: object) -> None:
        # A module that has its door's name does not take the door's place.
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Doors
