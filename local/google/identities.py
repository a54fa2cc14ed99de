"""People with a Google account here, and what their ID tokens say of them."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """A Google account. `verified` is Google's word for the address, `hosted` the domain of a company that has its mail there."""

    email: str
    first_name: str = ""
    last_name: str = ""
    verified: bool = True
    hosted: str | None = None
    locale: str = "fr"

    @property
    def subject(self) -> str:
        """Google's number for the account: 21 digits that never change."""
        return str(10**20 + int.from_bytes(sha256(self.email.lower().encode()).digest()[:8]))

    @property
    def claims(self) -> dict[str, Any]:
        """https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload"""
        told: dict[str, Any] = {
            "sub": self.subject,
            "email": self.email,
            "email_verified": self.verified,
            "name": f"{self.first_name} {self.last_name}".strip(),
            "given_name": self.first_name,
            "family_name": self.last_name,
            "locale": self.locale,
        }
        return told | ({"hd": self.hosted} if self.hosted else {})


# Whom the page offers: the demo's customer, somebody new, and somebody whose address is not Google's own.
OFFERED = (
    Person("grace.hopper@gmail.com", "Grace", "Hopper"),
    Person("ada@demo.test", "Ada", "Lovelace"),
    Person("agent@bureau.example", "Alix", "Bureau", hosted="bureau.example"),
)


def person(email: str, first_name: str = "", last_name: str = "") -> Person:
    """The offered person of this address, else a new one."""
    found = next((each for each in OFFERED if each.email == email.lower()), None)
    return found or Person(email, first_name or email.partition("@")[0].title(), last_name)
