"""Passwords: argon2id. Plain ones live in this module's arguments and nowhere else."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from shared.identity.common_passwords import is_common
from shared.kernel.refusals import Invalid

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 12
MAX_LENGTH = 128

# OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane; about 30 ms of a Lambda's CPU.
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1

# Hashed by the same parameters (a test compares them), so that an account that is not there costs the same work.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$LpxLYlls1TLnOvDq6RSkxw$cUJL7K0p8FrgGzdcf2CH3EcP8r5SCVbUEndV9zpmhn4"


# A password is taken as typed: a space at its end belongs to it.
NewPassword = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=MIN_LENGTH, max_length=MAX_LENGTH)
]
KnownPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=MAX_LENGTH)]


class WeakPassword(Invalid):
    """A password has 12 to 128 characters."""


class CommonPassword(Invalid):
    """This password is one of the first that anybody would guess; choose another one."""

    def __init__(self, field: str = "password") -> None:
        super().__init__(errors=[{"field": field, "code": self.code(), "message": self.message()}])


def check_new(password: str, about: Iterable[str] = (), *, field: str = "password") -> None:
    """Refuse a password that nobody should choose, or not somebody of whom `about` tells words. `field` is what it is called
    where it was given. Raises WeakPassword, CommonPassword."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword
    if is_common(password, about):
        raise CommonPassword(field)


def hash_password(password: str) -> str:
    """The argon2id hash to store (PHC string)."""
    return _hasher().hash(_normal(password))


def verify(password: str, stored: str | None) -> bool:
    """Whether `password` is the one behind `stored`; None takes as long and is never right."""
    from argon2.exceptions import VerificationError

    try:
        _hasher().verify(stored or _NOBODY, _normal(password))
    except VerificationError:
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def _normal(password: str) -> str:
    # NIST SP 800-63B §5.1.1.2: the same characters typed on another keyboard are the same password.
    return unicodedata.normalize("NFKC", password)
