"""Access tokens: what a JWT of ours says, how it is written and read. Keys are given; nothing is looked up here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from shared.kernel import rs256
from shared.kernel.ids import new_id
from shared.kernel.refusals import Unauthenticated
from shared.kernel.rs256 import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ALGORITHM = "RS256"
AUDIENCE = "comptoir"
LIFETIME = timedelta(minutes=15)
# RFC 9068 §2.1: the type in the header, so that no other token signed by the same key can pass for one of these.
_TYPE = "at+jwt"
# Ours have about 800 characters; anything much longer is not worth decoding.
_MAX_LENGTH = 4096
_REQUIRED = {"iss", "aud", "sub", "exp", "iat", "jti", "brand", "session", "roles"}


class TokenInvalid(Unauthenticated):
    """The access token is not valid, or no longer."""

    # RFC 6750 §3.1
    headers: ClassVar[dict[str, str]] = {"www-authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says. Roles are for the holder's screens: the functions ask the database."""

    user_id: UUID
    session_id: UUID
    brand_id: UUID
    roles: tuple[str, ...]
    expires_at: datetime


def issue(*, key: "RSAPrivateKey", kid: str, issuer: str, claims: Claims, now: datetime) -> str:
    """The signed token of `claims`, which names the user, the session and the brand."""
    import jwt

    told: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(claims.user_id),
        "brand": str(claims.brand_id),
        "session": str(claims.session_id),
        "roles": list(claims.roles),
        "jti": str(new_id(now)),
        "iat": int(now.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
    }
    return jwt.encode(told, key, ALGORITHM, headers={"kid": kid, "typ": _TYPE})


def key_id(token: str) -> str:
    """The key that `token` claims to be signed with. Raises TokenInvalid unless its header is one of ours."""
    try:
        if len(token) > _MAX_LENGTH:
            raise TokenInvalid
        header = json.loads(rs256.parts(token)[0])
    except (ValueError, RecursionError) as error:
        raise TokenInvalid from error
    if not isinstance(header, dict):
        raise TokenInvalid
    kid = header.get("kid")
    if (
        header.get("alg") != ALGORITHM
        or str(header.get("typ")).lower() != _TYPE
        or not isinstance(kid, str)
        or not kid
        # RFC 7515 §4.1.11: what must be understood and is not.
        or "crit" in header
    ):
        raise TokenInvalid
    return kid


def read(token: str, *, key: PublicKey, issuer: str) -> Claims:
    """What `token` says, once its signature, issuer and audience hold. Raises TokenInvalid; the caller checks the time."""
    key_id(token)
    try:
        told = json.loads(rs256.signed(token, key))
        if told["iss"] != issuer or told["aud"] != AUDIENCE or not told.keys() >= _REQUIRED:
            raise TokenInvalid
        return Claims(
            user_id=UUID(told["sub"]),
            session_id=UUID(told["session"]),
            brand_id=UUID(told["brand"]),
            roles=_names(told["roles"]),
            expires_at=datetime.fromtimestamp(int(told["exp"]), UTC),
        )
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        OverflowError,
        OSError,
        RecursionError,
    ) as error:
        raise TokenInvalid from error


def _names(roles: Any) -> tuple[str, ...]:
    if not isinstance(roles, Sequence) or isinstance(roles, str):
        raise TokenInvalid
    return tuple(str(role) for role in roles)
