"""Refusals: how a rule says no. The door turns each into one problem+json answer."""

import inspect
import re
from typing import Any, ClassVar


class Refusal(Exception):
    """The request conflicts with the current state."""

    # The subclass's docstring is the message, its name the code, so neither is written twice.
    status: ClassVar[int] = 409
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        self.detail = detail or self.message()
        self.extra = extra
        super().__init__(self.detail)

    @classmethod
    def code(cls) -> str:
        """The class name in snake case: `OutOfStock` → `out_of_stock`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()

    @classmethod
    def message(cls) -> str:
        """The docstring on one line."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())


class NotFound(Refusal):
    """There is nothing here."""

    status = 404


class Invalid(Refusal):
    """The request is well-formed but cannot be accepted as it is."""

    status = 422


class Forbidden(Refusal):
    """You may not do this."""

    status = 403


class Unauthenticated(Refusal):
    """Sign in first."""

    status = 401
    headers: ClassVar[dict[str, str]] = {"www-authenticate": "Bearer"}
