"""What a story asks for, read once from its annotations when the function starts."""

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.platform.callers import Caller
from shared.platform.http import HttpRequest
from shared.platform.models import Pending, Query, Request
from shared.platform.versions import IfMatch
from shared.platform.work import Work


@dataclass(slots=True)
class Signature:
    """The names of a story's parameters, by what the door gives for them."""

    body: tuple[str, type[Request]] | None = None
    query: tuple[str, type[Query]] | None = None
    caller: tuple[str, type[Caller]] | None = None
    work: str | None = None
    request: str | None = None
    if_match: str | None = None
    path: dict[str, type] = field(default_factory=dict)
    answers: Any = None

    @property
    def needs_transaction(self) -> bool:
        return self.work is not None or self.caller is not None


def read(story: Callable[..., Any], path_names: set[str]) -> Signature:
    """The signature of `story`. Raises TypeError for a parameter that no door can give."""
    parameters = inspect.signature(story, eval_str=True)
    found = Signature(answers=parameters.return_annotation)
    for name, parameter in parameters.parameters.items():
        kind = parameter.annotation
        if name in path_names:
            if kind not in (UUID, str, int):
                raise TypeError(f"{story.__name__}: path parameter {name} must be UUID, str or int")
            found.path[name] = kind
        elif not isinstance(kind, type):
            raise TypeError(f"{story.__name__}: no door gives {name}: {kind}")
        elif issubclass(kind, Request):
            found.body = (name, kind)
        elif issubclass(kind, Query):
            found.query = (name, kind)
        elif issubclass(kind, Caller):
            found.caller = (name, kind)
        elif issubclass(kind, Work):
            found.work = name
        elif issubclass(kind, HttpRequest):
            found.request = name
        elif issubclass(kind, IfMatch):
            found.if_match = name
        else:
            raise TypeError(f"{story.__name__}: no door gives {name}: {kind}")
    if missing := path_names - found.path.keys():
        raise TypeError(f"{story.__name__}: path parameters without a parameter: {sorted(missing)}")
    return found


def members(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the annotation alone."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return typing.get_args(annotation)
    return (annotation,)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The pydantic model among the members of a return annotation that is not a Pending, if any."""
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel) and not issubclass(member, Pending):
            return member
    return None


def pending_of(annotation: Any) -> type[Pending]:
    """The Pending among the members of `record`'s return annotation. Raises TypeError."""
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, Pending):
            return member
    raise TypeError("record must be annotated to return a Pending")
