"""Hypothesis strategies for JSON: what a JSON Schema asks for, what nobody asked for, and bodies in between."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

type Schema = Mapping[str, Any]

_LONG = 10_000
_ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "' OR 1=1 --",
    "%00",
    "../../etc/passwd",
    "a\r\nBcc: x@evil.example",
    "<script>",
    "{{7*7}}",
    "𝕏" * 300,
    "e\u0301" * 200,
    "x" * _LONG,
    "9" * 400,
    "-0",
    "NaN",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59.999999+23:59",
    "00000000-0000-0000-0000-000000000000",
]
_ODD_NUMBERS = [0, -1, 2**31, -(2**31) - 1, 2**63, 10**30, 0.5, -0.0, 1e308, float("nan"), float("inf")]

_ATOMS = st.one_of(
    st.none(), st.booleans(), st.sampled_from(_ODD_NUMBERS), st.sampled_from(_ODD_TEXTS), st.text(max_size=20)
)
# Any JSON value at all.
JUNK = st.one_of(
    _ATOMS, st.lists(_ATOMS, max_size=3), st.dictionaries(st.text(max_size=5), _ATOMS, max_size=3)
)


def valid(schema: Schema, root: Schema | None = None) -> st.SearchStrategy[Any]:
    """Values that `schema`, as pydantic writes it, describes; what it cannot express may still be refused."""
    return _of(schema, root or schema, nothing_else=True)


def nearly_valid(schema: Schema, root: Schema | None = None) -> st.SearchStrategy[Any]:
    """Like `valid`, but anywhere in it something may be missing, foreign, or of another type."""
    return _of(schema, root or schema, nothing_else=False)


def _of(schema: Schema, root: Schema, nothing_else: bool) -> st.SearchStrategy[Any]:
    right = _right(schema, root, nothing_else)
    return right if nothing_else else st.one_of(right, right, right, JUNK)


def _right(schema: Schema, root: Schema, nothing_else: bool) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _right(root["$defs"][schema["$ref"].rpartition("/")[2]], root, nothing_else)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([_right(one, root, nothing_else) for one in schema[several]])
    if "allOf" in schema:
        return _right(schema["allOf"][0], root, nothing_else)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "string":
            return _text(schema)
        case "integer" | "number":
            return st.integers(
                schema.get("minimum", schema.get("exclusiveMinimum", -2) + 1),
                schema.get("maximum", schema.get("exclusiveMaximum", 10_001) - 1),
            )
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            least = schema.get("minItems", 0)
            items = _of(schema.get("items", {}), root, nothing_else)
            return st.lists(items, min_size=least, max_size=max(least, min(3, schema.get("maxItems", 3))))
        case "object":
            return _object(schema, root, nothing_else)
        case _:
            return JUNK


def _text(schema: Schema) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            return st.datetimes().map(lambda moment: moment.isoformat() + "Z")
        case "date":
            return st.dates().map(str)
        case "email":
            return st.sampled_from(["ada@example.com", "grace.hopper@example.org"])
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]), fullmatch=True)
    least = schema.get("minLength", 0)
    letters = st.characters(min_codepoint=32, max_codepoint=0x17F)
    return st.text(letters, min_size=least, max_size=min(schema.get("maxLength", 30), least + 30))


def _object(schema: Schema, root: Schema, nothing_else: bool) -> st.SearchStrategy[Any]:
    fields = {name: _of(field, root, nothing_else) for name, field in schema.get("properties", {}).items()}
    needed = schema.get("required", ())
    known = st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in needed},
        optional={name: fields[name] for name in fields if name not in needed},
    )
    if nothing_else:
        return known
    changes = st.one_of(
        st.just(lambda body: body),
        st.sampled_from([*fields, ""]).map(
            lambda gone: lambda body: {k: v for k, v in body.items() if k != gone}
        ),
        st.tuples(st.text(max_size=8), JUNK).map(lambda extra: lambda body: {**body, extra[0]: extra[1]}),
    )
    return st.builds(lambda body, change: change(body), known, changes)
