"""What nobody should send, and to which doors: all of it to one door of each kind, some of it to every other.

`EVERY_VALUE=1` (what `make doors` says) sends everything to every door.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from shared.platform.brands import Brand
from shared.platform.doors.steps import Steps
from tests.doors import ROUTES, Admitted, admitted, caller_of, handler_of, is_served, spec_of
from tests.gateway import Answer

EVERY_VALUE = os.environ.get("EVERY_VALUE") == "1"
# Of what the doors' own code looks at: so many values, other ones at each door.
SAMPLE = 3
# Of what a door's own model looks at: JSON nearly of its schema.
EXAMPLES, MANY_EXAMPLES = 15, 150
_READING = ("GET", "HEAD", "OPTIONS")
_TWO_MEBIBYTES = 2 * 1024 * 1024

NO_JSON = [
    "",
    "{",
    "[1,",
    "{'a': 1}",
    '{"a": 01}',
    "\ufeff{}",
    '{"a": "\\ud800"}',
    '{"a": "\\u0000',
    "nul",
    "[" * 50_000,
    b"\xff\xfe",
]
NO_OBJECT = ["[]", "null", "true", "1", '"text"', "[{}]"]
NOT_ASKED_FOR = ["is_admin", "brand_id", "role", "__proto__"]
NO_BASE64 = ["%%%", "YQ", "YQ=", "e30", "e3 0=", "_-8=", "é", "=", "====", "e30=e30="]
NO_CART_TOKENS = ["", " ", "x", "A" * 43, "é" * 43, "A" * 10_000, "' OR 1=1 --", "\x00"]
ODD_VALUES = [
    "",
    "0",
    "-1",
    "101",
    "1e3",
    "1.5",
    "９",
    "9" * 400,
    "null",
    "%C3%A9",
    "%",
    "%zz",
    "a%20b",
    "[]",
    "x" * 5000,
]
ODD_QUERIES = ["a=%00", "a=%ff", "&".join(f"k{n}=1" for n in range(2000)), "=", "&&&", "a;b", "?"]
ODD_PATHS = ["x", "0", "\x00", "é", "a" * 3000, "..", "' OR 1=1 --", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
ODD_HEADERS = [
    ("x-brand", "\x00"),
    ("x-brand", "x" * 5000),
    ("x-brand", "é"),
    ("host", "a" * 5000),
    ("host", "\x00:80"),
    ("idempotency-key", "\x00"),
    ("idempotency-key", "é"),
    ("idempotency-key", "k" * 5000),
    ("if-match", '"'),
    ("if-match", "W/x,,\x00"),
    ("if-none-match", '"' * 1000),
    ("content-type", "text/xml"),
    ("accept", "\x00"),
    ("accept-language", "xx-\x00;q=nan,,,"),
    ("origin", "null"),
    ("user-agent", "\x00"),
    ("x-correlation-id", "\x00\n"),
    ("stripe-signature", "t=x,v1=\x00"),
    ("last-event-id", "\x00"),
]


@dataclass(frozen=True, slots=True)
class Door:
    """One endpoint, open for the brand `here`; `elsewhere` is another brand."""

    name: str
    here: Brand
    elsewhere: Brand

    def caller(self) -> Admitted:
        """Somebody new whom it lets in: what was sent before may have signed out whoever sent it."""
        return admitted(self.name, self.here)

    def some[T](self, values: Sequence[T], sample: int = SAMPLE) -> Sequence[T]:
        """`values` for the one of its kind, else a sample of them that follows from its name."""
        if EVERY_VALUE or self.name in one_of_each_kind() or len(values) <= sample:
            return values
        return Random(self.name).sample(values, sample)

    @property
    def schema(self) -> dict[str, Any] | None:
        """JSON Schema of the body that it takes; None when it takes none."""
        return _schema(self.name)

    @property
    def query(self) -> dict[str, Any]:
        """The fields of the query that it reads, by what they are called there."""
        asked = spec_of(self.name).signature.query
        fields = asked[1].model_fields if asked else {}
        return {info.alias or name: info for name, info in fields.items()}


@cache
def one_of_each_kind() -> frozenset[str]:
    """A door of each kind: the first by its name."""
    found: dict[Any, str] = {}
    for name in sorted(ROUTES):
        found.setdefault(_kind(name), name)
    return frozenset(found.values())


def _kind(name: str) -> Any:
    """Whatever decides which code of ours looks at a request before a story does. A story that reads the request itself is a kind
    of its own."""
    handler, spec = handler_of(name), spec_of(name)
    asked = spec.signature
    return (
        type(handler),
        isinstance(getattr(handler, "story", None), Steps),
        caller_of(name),
        spec.method in _READING,
        asked.body is not None,
        asked.query is not None,
        frozenset(asked.path.values()),
        asked.if_match is not None,
        spec.idempotency,
        spec.cache is not None,
        name if asked.request else "",
    )


@cache
def _schema(name: str) -> dict[str, Any] | None:
    body = spec_of(name).signature.body
    return body[1].model_json_schema() if body else None


@cache
def two_mebibytes() -> tuple[str | bytes, ...]:
    """Bodies that are too large, as text and as bytes."""
    text = '{"email": "' + "x" * _TWO_MEBIBYTES + '"}'
    return text, text.encode(), "é" * (_TWO_MEBIBYTES // 2), b"\x00" * _TWO_MEBIBYTES


def broken_tokens(good: str) -> list[str]:
    """Access tokens that are none."""
    header, payload, signature = good.split(".")
    other = "A" if signature[5] != "A" else "B"
    return [
        "",
        "x",
        "..",
        "...",
        "null",
        good[:-20],
        good + "A",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:5]}{other}{signature[6:]}",
        f"{payload}.{header}.{signature}",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        f"eyJhbGciOiJIUzI1NiJ9.{payload}.{signature}",
        "é.é.é",
        "\x00.\x00.\x00",
        "a" * 100_000,
        ".".join(["W10"] * 3),
    ]


@pytest.fixture
def providers(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of providers that nobody who sends rubbish can get us to call."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_the_tests")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_the_tests")
    # Nobody listens there: what is odd and yet acceptable finds its provider away.
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:1")


@pytest.fixture(params=sorted(ROUTES))
def door(request: pytest.FixtureRequest, brand: Brand, another_brand: Brand) -> Door:
    return Door(request.param, brand, another_brand)


def is_refused(answer: Answer, *statuses: int) -> None:
    is_served(answer)
    assert answer.status in statuses, answer


def for_each(door: Door, values: st.SearchStrategy[Any], check: Callable[[Any], None], examples: int) -> None:
    """`check` some of the values, the same ones at each run; many and others when every value is asked for."""
    many = EVERY_VALUE

    @settings(
        max_examples=MANY_EXAMPLES if many else examples,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def checked(value: Any) -> None:
        check(value)

    (checked if many else seed(crc32(door.name.encode()))(checked))()
