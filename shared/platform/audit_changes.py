"""What an audit entry says of a change: the fields that differ, sorted into what may stay for ever and what may be erased."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

# Whatever bears such a word in its name is told as changed, and never with its value.
_SECRET = frozenset(
    {
        "password", "passphrase", "secret", "token", "hash", "salt", "otp", "totp", "pin", "cvc", "cvv",
        "credential", "credentials", "key", "signature", "cookie", "iban", "pan",
    }
)  # fmt: skip
# And whatever bears one of these is about a person.
_PERSONAL = frozenset(
    {
        "email", "phone", "mobile", "name", "firstname", "lastname", "surname", "line1", "line2", "address", "street",
        "postcode", "city", "birthday", "birthdate", "birth", "gender", "ip", "agent", "vat", "company", "note", "notes",
        "comment", "message", "latitude", "longitude",
    }
)  # fmt: skip
# Of what a deed is about, only these are: a name there is a thing's, such as a job's.
_CONTACT = frozenset({"email", "phone", "ip"})
# Ids, states, times, slugs. Any other text is somebody's words, and may name anybody.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}\Z")
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_REDACTED = "***"
_LONGEST = 2000

type Changes = dict[str, dict[str, Any]]


def changed(before: Any, after: Any) -> tuple[Changes, Changes]:
    """Each field that differs, as `{"before": …, "after": …}`: first those for the chain, then the personal ones.

    `before` and `after` are mappings, models, named tuples or None (there was nothing, there is nothing any more); the names
    of nested fields are joined by dots.
    """
    old, new = dict(_fields(before)), dict(_fields(after))
    kept: Changes = {}
    personal: Changes = {}
    for name in sorted(old.keys() | new.keys()):
        sides = {side: values[name] for side, values in (("before", old), ("after", new)) if name in values}
        if len(sides) == 2 and sides["before"] == sides["after"]:
            continue
        words = _words(name)
        if words & _SECRET:
            kept[name] = dict.fromkeys(sides, _REDACTED)
        elif words & _PERSONAL or not all(map(_is_code, sides.values())):
            personal[name] = sides
        else:
            kept[name] = sides
    return kept, personal


def redacted(value: Any) -> Any:
    """Plain data without the values of what is named like a secret, however deep."""
    if isinstance(value, dict):
        return {name: _REDACTED if _words(name) & _SECRET else redacted(each) for name, each in value.items()}
    return [redacted(each) for each in value] if isinstance(value, list) else value


def about(resource: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a deed was about: first what is kept for ever, then what can be erased."""
    told = redacted(plain(resource))
    personal = {name: each for name, each in told.items() if _words(name) & _CONTACT}
    return {name: each for name, each in told.items() if name not in personal}, personal


def plain(value: Any) -> Any:
    """`value` as JSON that PostgreSQL keeps as it is: no floats, no NUL characters, no half characters."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int():
            return value
        case str():
            return value.replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST]
        case datetime():
            return value.isoformat()
        case BaseModel():
            return plain(value.model_dump(mode="json"))
        case Mapping():
            return {plain(str(key)): plain(each) for key, each in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict())
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    return plain(str(value))


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    read = plain(value)
    if read is None:
        return
    if not isinstance(read, dict):
        raise TypeError(f"what changed is told by field, not as {type(value).__name__}")
    for name, each in read.items():
        yield from _nested(name, each)


def _nested(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield name, value
        return
    for below, each in value.items():
        yield from _nested(f"{name}.{below}", each)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(name)}


def _is_code(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_code, value))
    return not isinstance(value, dict) and (
        not isinstance(value, str) or not value or bool(_CODE.match(value))
    )
