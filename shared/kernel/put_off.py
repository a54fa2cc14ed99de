"""What psycopg imports at every cold start for a half of it that no function uses: asyncio, and packages' metadata for its version.

Both together are a seventh of a cold start. In a Lambda they are put off until somebody else wants them; to psycopg something
stands in for them, so that its asynchronous connections do not work there.
"""

import importlib
import sys
from functools import cache
from types import ModuleType
from typing import Any, NoReturn

_FOR = ("psycopg", "psycopg_binary")
_MODULES = ("asyncio", "importlib.metadata")


def put_off() -> None:
    """Put off what nobody has imported yet."""
    for name in _MODULES:
        if name in sys.modules:
            continue
        stub = sys.modules[name] = _PutOff(name)
        package, _, within = name.rpartition(".")
        if package:
            setattr(sys.modules[package], within, stub)


class _PutOff(ModuleType):
    """In the place of a module: whoever looks into it has it imported."""

    def __getattr__(self, name: str) -> Any:
        asking = str(sys._getframe(1).f_globals.get("__name__", ""))
        if asking.partition(".")[0] in _FOR:
            if name.startswith("__"):
                raise AttributeError(name)
            return _stand_in(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@cache
def _stand_in(name: str) -> object:
    if name == "version":
        return _unknown
    # psycopg derives from these, and names them in its annotations and `except` clauses.
    bases = (BaseException,) if name.endswith("Error") else ()
    return type(name, bases, {"__class_getitem__": classmethod(lambda cls, _: cls)})


def _unknown(_: str) -> NoReturn:
    missing = _stand_in("PackageNotFoundError")
    assert isinstance(missing, type)
    assert issubclass(missing, BaseException)
    raise missing
