"""Who a request comes from: recognised by token, session and today's role, in its own brand only."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from psycopg import connect

from shared.identity import access_tokens, callers, signing_keys
from shared.identity.access_tokens import LIFETIME, Claims, TokenInvalid, issue
from shared.identity.accounts import create_partner_user, set_role
from shared.identity.callers import Creator, Member, NotAllowed, Staff
from shared.identity.credentials import Account
from shared.identity.partner_users import PartnerOwner, PartnerUser
from shared.identity.partners import PartnerRole
from shared.identity.permissions import GRANTS, STAFF, Role, may
from shared.kernel.refusals import Refusal, Unauthenticated
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, session_of, staff_account
from tests.gateway import http_event

pytestmark = pytest.mark.usefixtures("issuer")
PERMISSIONS = sorted(frozenset[str]().union(*GRANTS.values()))


def request_by(authorization: str | None) -> HttpRequest:
    sent = {} if authorization is None else {"authorization": authorization}
    return HttpRequest.from_event(http_event("GET", "/v1/me", headers=sent))


def recognised[C: Member](kind: type[C], brand: Brand, token: str, needs: str | None = None, **at: Any) -> C:
    with begin(brand, "test", **at) as work:
        return kind.recognise(request_by(f"Bearer {token}"), work, needs)


def refused(expected: type[Refusal], kind: type[Member], brand: Brand, token: str, **more: Any) -> None:
    with pytest.raises(expected) as caught:
        recognised(kind, brand, token, **more)
    assert type(caught.value) is expected


def test_an_account_is_recognised_with_what_stories_need_of_it(brand: Brand) -> None:
    account = customer_account(brand)
    caller = recognised(Member, brand, session_of(brand, account).access_token)
    assert (caller.user_id, caller.email, caller.role) == (account.id, account.email, Role.MEMBER)
    assert (caller.locale, caller.email_verified) == (brand.locale, True)
    assert caller.customer_id is not None
    assert caller.scope() == f"account:{account.id}"


@pytest.mark.parametrize("role", [Role.MEMBER, *STAFF])
@pytest.mark.parametrize("needs", [None, *PERMISSIONS])
def test_staff_endpoints_admit_the_roles_that_have_the_permission(
    brand: Brand, role: Role, needs: str | None
) -> None:
    if role is Role.MEMBER:
        account = customer_account(brand)
    else:
        platform = role is Role.PLATFORM
        account = staff_account(brand, Role.SUPPORT if platform else role, platform=platform)
    token = session_of(brand, account).access_token
    if role in STAFF and (needs is None or may(role, needs)):
        assert recognised(Staff, brand, token, needs).role is role
    else:
        refused(NotAllowed, Staff, brand, token, needs=needs)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CREATOR, *STAFF])
def test_creators_and_staff_use_what_is_for_creators(brand: Brand, role: Role) -> None:
    account = staff_account(brand, role) if role in STAFF[:-1] else customer_account(brand)
    if role is Role.PLATFORM:
        account = staff_account(brand, Role.SUPPORT, platform=True)
    if role is Role.CREATOR:
        with begin(brand, "test") as work:
            set_role(work, account.id, role)
    token = session_of(brand, account).access_token
    if role is Role.MEMBER:
        refused(NotAllowed, Creator, brand, token)
    else:
        assert recognised(Creator, brand, token).role is role


@pytest.mark.parametrize("role", list(PartnerRole))
def test_a_partner_s_people_are_recognised_with_their_partner(brand: Brand, role: PartnerRole) -> None:
    partner_id = uuid4()
    with begin(brand, "test") as work:
        user_id = create_partner_user(work, "paola@partner.example", PASSWORD, partner_id, role, "Paola")
    token = session_of(brand, Account(user_id, "paola@partner.example", Role.MEMBER, role)).access_token
    caller = recognised(PartnerUser, brand, token)
    assert (caller.partner_id, caller.partner_role, caller.role) == (partner_id, role, Role.MEMBER)
    assert (caller.actor().type, caller.actor().role) == ("partner", role.value)
    refused(NotAllowed, Creator, brand, token)
    refused(NotAllowed, Staff, brand, token)
    if role is PartnerRole.OWNER:
        assert recognised(PartnerOwner, brand, token).partner_id == partner_id
    else:
        refused(NotAllowed, PartnerOwner, brand, token)


@pytest.mark.parametrize("role", [Role.MEMBER, *STAFF])
def test_nobody_else_is_a_partner_s(brand: Brand, role: Role) -> None:
    platform = role is Role.PLATFORM
    account = customer_account(brand)
    if role in STAFF:
        account = staff_account(brand, Role.ADMIN if platform else role, platform=platform)
    refused(NotAllowed, PartnerUser, brand, session_of(brand, account).access_token)


def test_a_permission_that_is_in_no_table_admits_nobody(brand: Brand) -> None:
    token = session_of(brand, staff_account(brand, Role.ADMIN, platform=True)).access_token
    refused(NotAllowed, Staff, brand, token, needs="orders:teleport")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "bearer", "Token x", "Bearerx.y.z"]
)
def test_without_a_token_nobody_is_recognised(brand: Brand, authorization: str | None) -> None:
    with pytest.raises(Unauthenticated) as caught, begin(brand, "test") as work:
        Member.recognise(request_by(authorization), work, None)
    assert type(caught.value) is Unauthenticated
    with pytest.raises(Unauthenticated):
        Member.client(request_by(authorization))


def test_the_scheme_is_read_in_any_case(brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    with begin(brand, "test") as work:
        assert Member.recognise(request_by(f"bEARER  {token}"), work, None)


def test_another_brands_token_is_nobodys(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    refused(TokenInvalid, Staff, another_brand, token)
    # Also once this warm function has verified it for its own brand.
    assert recognised(Staff, brand, token)
    refused(TokenInvalid, Staff, another_brand, token)


def test_a_token_that_names_this_brand_but_another_brands_session_is_nobodys(
    brand: Brand, another_brand: Brand
) -> None:
    account = staff_account(another_brand, Role.ADMIN)
    session = claims_of(session_of(another_brand, account).access_token)
    refused(TokenInvalid, Staff, brand, ours(brand, account, session=session["session"]))


def test_a_token_for_another_users_session_is_nobodys(brand: Brand) -> None:
    admin, support = staff_account(brand, Role.ADMIN), staff_account(brand, Role.SUPPORT)
    session = claims_of(session_of(brand, support).access_token)
    refused(TokenInvalid, Staff, brand, ours(brand, admin, session=session["session"]))


def test_a_token_dies_after_fifteen_minutes_of_the_one_clock(brand: Brand) -> None:
    begun = datetime.now(UTC)
    token = session_of(brand, staff_account(brand, Role.ADMIN), begun).access_token
    end = begun.replace(microsecond=0) + LIFETIME
    assert recognised(Staff, brand, token, now=end - timedelta(seconds=1))
    refused(TokenInvalid, Staff, brand, token, now=end)
    refused(TokenInvalid, Staff, brand, token, now=end + timedelta(days=1))


def test_an_unknown_key_is_refused_and_an_unknown_issuer_too(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = staff_account(brand, Role.ADMIN)
    session_of(brand, account)
    with begin(brand, "test") as work:
        kid, key = signing_keys.signing_key(work)
    claims = Claims(account.id, uuid4(), brand.id, ("admin",), datetime.now(UTC) + LIFETIME)
    for wrong_kid in (kid + "x", "../../dev/null", "' OR 1=1 --", "k" * 3000):
        token = issue(
            key=key, kid=wrong_kid, issuer="https://comptoir.example", claims=claims, now=datetime.now(UTC)
        )
        refused(TokenInvalid, Staff, brand, token)
    foreign = issue(key=key, kid=kid, issuer="https://evil.example", claims=claims, now=datetime.now(UTC))
    refused(TokenInvalid, Staff, brand, foreign)


@pytest.mark.parametrize("change", ["status = 'locked'", "status = 'suspended'", "deleted_at = now()"])
def test_a_closed_account_is_out_at_once(brand: Brand, database: DatabaseUrls, change: str) -> None:
    account = staff_account(brand, Role.ADMIN)
    token = session_of(brand, account).access_token
    assert recognised(Staff, brand, token)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute(f"UPDATE identity.users SET {change} WHERE id = %s".encode(), (account.id,))
    refused(TokenInvalid, Staff, brand, token)


def test_a_revoked_session_is_out_at_once(brand: Brand, database: DatabaseUrls) -> None:
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    assert recognised(Staff, brand, token)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.sessions SET revoked_at = now()")
    refused(TokenInvalid, Staff, brand, token)


def test_who_lost_the_role_is_refused_though_the_token_still_says_it(
    brand: Brand, database: DatabaseUrls
) -> None:
    account = staff_account(brand, Role.ADMIN)
    token = session_of(brand, account).access_token
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("DELETE FROM identity.memberships WHERE user_id = %s", (account.id,))
    assert claims_of(token)["roles"] == ["admin"]
    refused(NotAllowed, Staff, brand, token)
    assert recognised(Member, brand, token).role is Role.MEMBER


def test_roles_that_a_signed_token_claims_are_not_believed(brand: Brand) -> None:
    account = customer_account(brand)
    session = claims_of(session_of(brand, account).access_token)["session"]
    boasting = ours(brand, Account(account.id, account.email, Role.ADMIN), session=session)
    refused(NotAllowed, Staff, brand, boasting, needs="orders:read")


def test_a_signature_is_checked_once_and_the_session_every_time(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    times: list[str] = []

    def counted(token: str, **how: Any) -> Claims:
        times.append(token)
        return access_tokens.read(token, **how)

    monkeypatch.setattr(callers, "read", counted)
    with begin(brand, "test") as work:
        Staff.recognise(request_by(f"Bearer {token}"), work, "orders:read")
        asked = work.queries
        Staff.recognise(request_by(f"Bearer {token}"), work, "orders:read")
        assert work.queries - asked == 1
    assert len(times) == 1


def test_the_limiter_knows_the_account_once_the_key_is_warm_and_trusts_no_forgery(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    token = session_of(brand, account).access_token
    request = request_by(f"Bearer {token}")
    assert Staff.client(request) is None
    assert recognised(Staff, brand, token)
    assert Staff.client(request) == str(account.id)
    header, payload, _ = token.split(".")
    with pytest.raises(TokenInvalid):
        Staff.client(request_by(f"Bearer {header}.{payload}.AAAA"))


def test_a_warm_function_forgets_a_key_that_was_taken_away(
    brand: Brand, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_keys, "_TRUSTED_SECONDS", 0.0)
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    assert recognised(Staff, brand, token)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("DELETE FROM identity.signing_keys")
    refused(TokenInvalid, Staff, brand, token)


def claims_of(token: str) -> dict[str, Any]:
    told: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return told


def ours(brand: Brand, account: Account, *, session: str) -> str:
    """A token with our own signature that says what no story of ours would."""
    from uuid import UUID

    now = datetime.now(UTC)
    claims = Claims(account.id, UUID(session), brand.id, (account.role,), now + LIFETIME)
    with begin(brand, "test") as work:
        kid, key = signing_keys.signing_key(work)
    return issue(key=key, kid=kid, issuer="https://comptoir.example", claims=claims, now=now)
