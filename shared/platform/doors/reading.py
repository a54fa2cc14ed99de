"""Reading what came in: path, query and body, each into what the story asked for, each mistake a clear problem."""

import hashlib
import json
import re
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.kernel.emails import email_key
from shared.kernel.refusals import Invalid, NotFound, Refusal
from shared.platform.doors.signature import Signature
from shared.platform.http import HttpRequest
from shared.platform.models import Query, Request

_MAX_PATH_PARAMETER = 512
# A request with more values than any model takes is refused anyhow.
_MOST_TRIES = 100
# What mailed links, and the step between a password and a second factor, are called.
_TOKENS = ("mfa_token", "token")
_VALIDATOR = re.compile(r"(function-(before|after|wrap|plain)|nullable|list|dict|tuple|set)\[.*\]", re.DOTALL)


class MalformedJson(Refusal):
    """The body is not JSON."""

    status = 400


class ValidationFailed(Invalid):
    """Some fields are not acceptable."""


class NothingThere(NotFound):
    """There is nothing at this address."""


def path_values(signature: Signature, request: HttpRequest) -> dict[str, Any]:
    """The path parameters; an id that is no UUID names nothing that exists. Raises NothingThere."""
    values: dict[str, Any] = {}
    for name, kind in signature.path.items():
        raw = request.path_params.get(name, "")
        if not raw or len(raw) > _MAX_PATH_PARAMETER or "\x00" in raw:
            raise NothingThere
        try:
            values[name] = raw if kind is str else UUID(raw) if kind is UUID else int(raw)
        except ValueError as error:
            raise NothingThere from error
    return values


def body_value(model: type[Request], request: HttpRequest) -> Request:
    """The JSON body as `model`. Raises MalformedJson, ValidationFailed."""
    raw = request.body
    try:
        if b"\\u0000" in raw and _holds_nul(json.loads(raw)):
            raise ValidationFailed(
                errors=[{"field": "", "code": "nul_character", "message": "NUL characters are not text."}]
            )
        return model.model_validate_json(raw or b"")
    except ValidationError as error:
        raise _refused(error) from error
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error


def query_value(model: type[Query], request: HttpRequest) -> Query:
    """The query string as `model`. Raises ValidationFailed."""
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in request.query:
            continue
        values = request.query[key]
        if _takes_list(field.annotation):
            given[key] = values
        elif len(values) > 1:
            raise ValidationFailed(
                errors=[{"field": key, "code": "repeated", "message": "This may be given once."}]
            )
        else:
            given[key] = values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refused(error) from error


def account_named(request: HttpRequest) -> str:
    """The account that a request to sign in names: by its e-mail, folded, or by a token that stands for it, hashed; empty when it
    names none."""
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(given, dict):
        return ""
    if isinstance(email := given.get("email"), str):
        return email_key(email)[:254]
    # A token opens something: no counter keeps one.
    tokens = (given[name] for name in _TOKENS if isinstance(given.get(name), str))
    return next((hashlib.sha256(each.encode("utf-8", "surrogatepass")).hexdigest() for each in tokens), "")


def tries(request: HttpRequest, field: str) -> int:
    """How many values the body gives for a field: those of a list, or one; none when it cannot be read."""
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        return 0
    value = given.get(field) if isinstance(given, dict) else None
    return min(len(value), _MOST_TRIES) if isinstance(value, list) else int(value is not None)


def _takes_list(annotation: Any) -> bool:
    return "list[" in str(annotation) or "tuple[" in str(annotation)


def _refused(error: ValidationError) -> Refusal:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return MalformedJson(f"The body is not JSON: {details[0]['msg']}.")
    return ValidationFailed(
        errors=[
            {"field": _field(detail["loc"]), "code": detail["type"], "message": detail["msg"]}
            for detail in details
        ]
    )


def _field(place: tuple[int | str, ...]) -> str:
    """Where in the body it is. Of a field that takes this or that, pydantic names the validators it tried as if they were fields."""
    return ".".join(str(each) for each in place if not (isinstance(each, str) and _VALIDATOR.fullmatch(each)))


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))
