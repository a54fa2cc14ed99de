"""Signed-in callers: the account behind an access token, its session alive and its role read afresh."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from shared.identity.access_tokens import Claims, TokenInvalid, key_id, read
from shared.identity.issuer import issuer
from shared.identity.permissions import STAFF, Role, may, may_be_a_scope, role_of
from shared.identity.second_factors import SecondFactorRequired, required_of_staff
from shared.identity.signing_keys import known_key, verifying_key
from shared.kernel.refusals import Forbidden, Refusal, Unauthenticated
from shared.kernel.rs256 import PublicKey
from shared.platform import api_keys, clock
from shared.platform.api_keys import ApiKeyInvalid
from shared.platform.audit import Actor
from shared.platform.callers import Caller
from shared.platform.http import HttpRequest
from shared.platform.work import Work

_BEARER = "bearer "
_MEMO = "identity.claims"
_KEEP_AT_MOST = 1000
# What the audit log calls the role of a machine.
MACHINE_ROLE = "api_key"

# Tokens whose signature this warm function has checked, with the key it was checked by.
_verified: dict[str, tuple[str, Claims]] = {}

_ALIVE = """
    SELECT u.id, u.email, u.locale, u.email_verified_at, u.is_platform, m.role, c.id AS customer_id,
           s.created_at AS signed_in_at, s.mfa_at
      FROM identity.sessions s
      JOIN identity.users u ON u.brand_id = s.brand_id AND u.id = s.user_id
      LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
      LEFT JOIN identity.customers c ON c.brand_id = u.brand_id AND c.user_id = u.id
     WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s AND s.revoked_at IS NULL
       AND u.status = 'active' AND u.deleted_at IS NULL
"""


class NotAllowed(Forbidden):
    """Your role does not allow this."""


def bearer_token(request: HttpRequest) -> str | None:
    """The token of the Authorization header, if there is one of its kind."""
    given = request.headers.get("authorization", "")
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else None


@dataclass(frozen=True)
class Member(Caller):
    """Anybody signed in. `customer_id` is their buyer's record, which staff usually lack; `signed_in_at` is when this session
    began (None: a machine has none), `with_second_factor` whether it was proved by two factors."""

    who: ClassVar[str] = "member"
    limited_as: ClassVar[str] = "account"
    refuses: ClassVar[tuple[type[Refusal], ...]] = (Unauthenticated, TokenInvalid, NotAllowed)

    user_id: UUID
    session_id: UUID
    email: str
    locale: str
    email_verified: bool
    role: Role
    customer_id: UUID | None
    signed_in_at: datetime | None = None
    with_second_factor: bool = False

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The account, when the token can be checked without the database. Raises Unauthenticated, TokenInvalid."""
        token = _token(request)
        kid = key_id(token) if token not in _verified else _verified[token][0]
        key = known_key(kid)
        if key is None:
            return None
        claims = request.memo[_MEMO] = _claims(token, kid, key, clock.now())
        return str(claims.user_id)

    @classmethod
    def recognise(cls, request: HttpRequest, work: Work, needs: str | None) -> Self:
        """The account of the request's token. Raises Unauthenticated, TokenInvalid, NotAllowed."""
        claims: Claims = request.memo.get(_MEMO) or _verify(_token(request), work)
        if claims.brand_id != work.brand.id or claims.expires_at <= work.now:
            raise TokenInvalid
        row = work.one(_ALIVE, session_id=claims.session_id, user_id=claims.user_id)
        if row is None:
            raise TokenInvalid
        caller = cls(**cls._known(row, claims.session_id, work))
        caller.check(needs)
        return caller

    @classmethod
    def _known(cls, row: Any, session_id: UUID, work: Work) -> dict[str, Any]:
        """The caller's fields. Raises NotAllowed."""
        return {
            "user_id": row.id,
            "session_id": session_id,
            "email": row.email,
            "locale": row.locale,
            "email_verified": row.email_verified_at is not None,
            "role": role_of(row.role, row.is_platform),
            "customer_id": row.customer_id,
            "signed_in_at": row.signed_in_at,
            "with_second_factor": row.mfa_at is not None,
        }

    def check(self, needs: str | None) -> None:
        """Raises NotAllowed unless the role has the permission."""
        if needs is not None and not may(self.role, needs):
            raise NotAllowed

    def scope(self) -> str:
        """The account."""
        return f"account:{self.user_id}"

    def actor(self) -> Actor:
        """The account, as staff when it is."""
        return actor(self.user_id, self.role, self.email)


@dataclass(frozen=True)
class Creator(Member):
    """Somebody who may use content and studio: a creator, or staff."""

    who: ClassVar[str] = Role.CREATOR.value

    def check(self, needs: str | None) -> None:
        """Raises NotAllowed unless this is a creator or staff, with the permission if one is named."""
        if self.role is not Role.CREATOR and self.role not in STAFF:
            raise NotAllowed
        super().check(needs)


@dataclass(frozen=True)
class Staff(Member):
    """Somebody who works for the brand, with a second factor where the brand asks for it; `needs` says what for. A machine with an API key is one, too: its ids are the key's,
    its `scopes` the permissions that it has (None: a person's, which follow from the role)."""

    who: ClassVar[str] = Role.SUPPORT.value
    audited: ClassVar[bool] = True
    refuses: ClassVar[tuple[type[Refusal], ...]] = (*Member.refuses, SecondFactorRequired, ApiKeyInvalid)

    scopes: frozenset[str] | None = None

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The account, or the key. Raises as Member's."""
        if _is_machine(request):
            key = api_keys.recognised(request)
            return f"key:{key.id}" if key else None
        return super().client(request)

    @classmethod
    def recognise(cls, request: HttpRequest, work: Work, needs: str | None) -> Self:
        """The person of the request's token, else the machine of its API key. Raises as Member's, SecondFactorRequired and
        ApiKeyInvalid."""
        if not _is_machine(request):
            person = super().recognise(request, work, needs)
            if not person.with_second_factor and required_of_staff(work.brand):
                raise SecondFactorRequired
            return person
        key = api_keys.fresh(work, api_keys.given(request) or "")
        machine = cls(
            user_id=key.id,
            session_id=key.id,
            email=key.name,
            locale=work.brand.locale,
            email_verified=True,
            role=Role.SUPPORT,
            customer_id=None,
            scopes=key.scopes,
        )
        machine.check(needs)
        return machine

    def check(self, needs: str | None) -> None:
        """Raises NotAllowed unless this is staff with the permission; a machine needs it among its scopes."""
        if self.scopes is not None:
            # Where any staff may, there is no scope to name, so no key is let in.
            if not may_be_a_scope(needs) or needs not in self.scopes:
                raise NotAllowed
            return
        if self.role not in STAFF:
            raise NotAllowed
        super().check(needs)

    def scope(self) -> str:
        """The account, or the key."""
        return super().scope() if self.scopes is None else f"key:{self.user_id}"

    def actor(self) -> Actor:
        """The account as staff, or the key by its name."""
        if self.scopes is None:
            return super().actor()
        return Actor("staff", self.user_id, MACHINE_ROLE, {"name": self.email})


def actor(user_id: UUID, role: Role, email: str) -> Actor:
    """An account as the audit log names it."""
    return Actor("staff" if role in STAFF else "member", user_id, role.value, {"email": email})


def forget() -> None:
    """Drop what this warm function has verified: for tests."""
    _verified.clear()


def _is_machine(request: HttpRequest) -> bool:
    # A front-end server shows its key beside its user's token: then the user is who asks.
    token = bearer_token(request)
    return api_keys.given(request) is not None and (not token or token.startswith(api_keys.PREFIX))


def _token(request: HttpRequest) -> str:
    token = bearer_token(request)
    if not token:
        raise Unauthenticated
    return token


def _verify(token: str, work: Work) -> Claims:
    kid = _verified[token][0] if token in _verified else key_id(token)
    return _claims(token, kid, verifying_key(work, kid), work.now)


def _claims(token: str, kid: str, key: PublicKey, now: datetime) -> Claims:
    """What the token says, its signature checked once per warm function. Raises TokenInvalid."""
    found = _verified.get(token)
    if found is None:
        claims = read(token, key=key, issuer=issuer())
        if len(_verified) >= _KEEP_AT_MOST:
            _verified.clear()
        found = _verified[token] = (kid, claims)
    if found[1].expires_at <= now:
        _verified.pop(token, None)
        raise TokenInvalid
    return found[1]
