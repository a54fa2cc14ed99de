"""What the demo brand has, by the names that fields and path parameters bear: what samples and examples are about."""

from typing import Any

# Values that a request or an event may carry.
FACTS: dict[str, Any] = {
    "email": "ada@demo.test",
    "password": "demo-Passw0rd!",
    "currency": "EUR",
    "country": "FR",
    "locale": "fr",
    "amount": 1999,
    "proxy": "v1/store/products",
}

# Path parameters that mean something else from path to path.
PATHS: dict[str, dict[str, str]] = {}

# How callers show who they are, by the name of their class. `${…}` is put in by whoever sends the sample.
TOKENS: dict[str, dict[str, str]] = {
    "Staff": {"authorization": "Bearer ${STAFF_TOKEN}"},
    "Member": {"authorization": "Bearer ${MEMBER_TOKEN}"},
}
