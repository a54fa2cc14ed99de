"""What libraries import at every cold start for a half of them that no function uses.

psycopg: asyncio, packages' metadata for its version, ssl for libraries of OpenSSL that it does not come with, ctypes to look for a libpq
that it does come with. Powertools: metrics, tracing, botocore and JMESPath, for a logger. In a Lambda
they are put off until somebody else wants them; to psycopg something stands in for them, so that its asynchronous connections do not
work there.
"""

import importlib
import importlib.util
import sys
from functools import cache
from types import ModuleType
from typing import Any, NoReturn

_FOR = ("psycopg", "psycopg_binary")
_MODULES = (
    "asyncio",
    "importlib.metadata",
    "ssl",
    "ctypes",
    "ctypes.util",
    "aws_lambda_powertools.utilities.jmespath_utils",
)
# Their parts are imported without what the package itself imports of all its parts.
_PACKAGES = ("aws_lambda_powertools",)


def put_off() -> None:
    """Put off what nobody has imported yet."""
    for name in _PACKAGES:
        if name not in sys.modules:
            _hollow(name)
    for name in _MODULES:
        if name in sys.modules:
            continue
        stub = sys.modules[name] = _PutOff(name)
        package, _, within = name.rpartition(".")
        if package in sys.modules:
            setattr(sys.modules[package], within, stub)


def _hollow(name: str) -> None:
    """The package without what is written in it, which is run when somebody asks it for more than its parts."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def fill(wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, wanted)

    package.__dict__["__getattr__"] = fill
    sys.modules[name] = package


class _PutOff(ModuleType):
    """In the place of a module: whoever looks into it has it imported."""

    def __getattr__(self, name: str) -> Any:
        asking = str(sys._getframe(1).f_globals.get("__name__", ""))
        if asking.partition(".")[0] in _FOR:
            if name.startswith("__"):
                raise AttributeError(name)
            return _stand_in(name)
        within = f"{self.__name__}.{name}"
        is_within = isinstance(sys.modules.get(within), _PutOff)
        for known in (self.__name__, within):
            if isinstance(sys.modules.get(known), _PutOff):
                del sys.modules[known]
        module = importlib.import_module(self.__name__)
        return importlib.import_module(within) if is_within else getattr(module, name)


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
