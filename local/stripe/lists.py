"""Lists, searches and expansion: what Stripe does the same way for every kind of object."""

import re
from collections.abc import Callable
from typing import Any

from local.stripe.errors import ApiError, invalid, no_such
from local.stripe.session import Answer, Session
from local.stripe.storage import Object

_DEFAULT_LIMIT = 10
_LARGEST_LIMIT = 100
_CLAUSE = re.compile(
    r"""\s*(?:metadata\[(['"])(?P<key>.+?)\1\]|(?P<field>\w+))\s*(?P<sign>:|=|>=|<=|>|<)\s*(?P<value>"[^"]*"|'[^']*'|\d+)\s*"""
)
_EXPANDABLE = {
    "payment_intent": {"customer": "customer", "latest_charge": "charge", "payment_method": "payment_method"},
    "charge": {"customer": "customer", "payment_intent": "payment_intent"},
    "refund": {"charge": "charge", "payment_intent": "payment_intent", "customer": "customer"},
    "payment_method": {"customer": "customer"},
}


def lister(kind: str, url: str, *filters: str) -> Callable[..., Answer]:
    """The handler of `GET url`: newest first, cursors by id, filters by the named properties."""

    def answer(session: Session, params: dict[str, Any], **path: str) -> Answer:
        limit = params.get("limit", _DEFAULT_LIMIT)
        if not 1 <= limit <= _LARGEST_LIMIT:
            raise invalid(
                "Invalid integer: limit must be between 1 and 100", "limit", "parameter_invalid_integer"
            )
        for name in ("starting_after", "ending_before"):
            if name in params and session.store.find(kind, params[name]) is None:
                raise no_such(kind, params[name], name)
        created = params.get("created", {})
        found, more = session.store.page(
            kind,
            {name: params[name] for name in filters if name in params} | path,
            created if isinstance(created, dict) else {"eq": created},
            params.get("ending_before"),
            params.get("starting_after"),
            limit,
        )
        return Answer({"object": "list", "url": url.format(**path), "has_more": more, "data": found})

    return answer


def search_intents(session: Session, params: dict[str, Any]) -> Answer:
    """GET /v1/payment_intents/search: clauses on metadata and fields, joined by AND."""
    clauses = _clauses(params["query"])
    exact = next(((key, value) for key, _, sign, value in clauses if key and sign in ":="), None)
    among = (
        session.store.with_metadata("payment_intent", *exact)
        if exact
        else session.store.all("payment_intent")
    )
    limit = params.get("limit", _DEFAULT_LIMIT)
    found = [intent for intent in among if all(_meets(intent, *clause) for clause in clauses)]
    skip = int(params.get("page") or 0)
    more = len(found) > skip + limit
    body: Object = {
        "object": "search_result",
        "url": "/v1/payment_intents/search",
        "has_more": more,
        "data": found[skip : skip + limit],
        "next_page": str(skip + limit) if more else None,
    }
    return Answer(body)


def _clauses(query: str) -> list[tuple[str | None, str | None, str, str]]:
    clauses = []
    for part in re.split(r"\s+AND\s+", query.strip()):
        match = _CLAUSE.fullmatch(part)
        if match is None:
            raise invalid("We were unable to parse your search query.", "query")
        clauses.append((match["key"], match["field"], match["sign"], match["value"].strip("\"'")))
    return clauses


def _meets(intent: Object, key: str | None, field: str | None, sign: str, value: str) -> bool:
    held = intent["metadata"].get(key) if key else intent.get(field or "")
    if sign in (":", "="):
        return str(held) == value
    if not isinstance(held, int):
        return False
    return {
        ">": held > int(value),
        "<": held < int(value),
        ">=": held >= int(value),
        "<=": held <= int(value),
    }[sign]


def expand(session: Session, body: Object, paths: list[str]) -> Object:
    """`expand[]=latest_charge`, also below `data.` of a list. Raises ApiError for what cannot be expanded."""
    for path in paths:
        steps = path.split(".")
        if steps[0] == "data" and "data" in body:
            body = {**body, "data": [_expand(session, each, steps[1:], path) for each in body["data"]]}
        else:
            body = _expand(session, body, steps, path)
    return body


def _expand(session: Session, about: Object, steps: list[str], path: str) -> Object:
    if not steps:
        return about
    kind = _EXPANDABLE.get(about.get("object", ""), {}).get(steps[0])
    if kind is None:
        raise ApiError(400, f"This property cannot be expanded ({path}).", param="expand")
    held = about.get(steps[0])
    if held is None:
        return about
    inner = session.get(kind, held) if isinstance(held, str) else held
    return {**about, steps[0]: _expand(session, inner, steps[1:], path)}
