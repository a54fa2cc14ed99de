"""Who may call what: everybody there is calls every endpoint there is, and is let in or not as the contract says.

A door looks at who calls before it looks at anything else, and stands at the step `before_story` once it has let somebody in. There
the request is turned back, so no story is told and nothing is changed.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from functions._generate.openapi import who as declared_who
from functions.identity import create_api_key
from shared.identity.access_tokens import LIFETIME
from shared.identity.accounts import create_partner_user, set_role
from shared.identity.callers import Staff
from shared.identity.credentials import Account
from shared.identity.partners import PartnerRole
from shared.identity.permissions import Role
from shared.kernel.refusals import Refusal
from shared.platform import steps
from shared.platform.api_keys import FORWARD_VISITORS
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, headers, session_of, staff_account
from tests.contract import BEYOND, contract, shape
from tests.doors import ROUTES, Admitted, caller_of, new_cart, path_params, spec_of
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer", "bus")

type Callers = dict[str, dict[str, str]]
# By whom (a name of Callers), at which function, and the least role of the contract: the refusal's status, or None: let in.
type Expected = Callable[[str, str, str], int | None]

STAFF = ("support", "manager", "admin", "platform")
PARTNERS = ("partner", "partner_owner")
PEOPLE = ("member", "creator", *PARTNERS, *STAFF)
# Staff may use what is for creators, partners never.
MAY: dict[str, tuple[str, ...]] = {
    "public": PEOPLE,
    "member": PEOPLE,
    "creator": ("creator", *STAFF),
    "partner": PARTNERS,
    "partner_owner": ("partner_owner",),
    **{role: STAFF[place:] for place, role in enumerate(STAFF)},
}
# Signed out, not allowed, or not there: what is somebody else's looks like what is not there.
REFUSED = (401, 403, 404)


class LetIn(Refusal):
    """The door has let the caller in."""

    status = 418


def test_every_role_is_let_in_where_the_contract_says_and_nowhere_else(brand: Brand) -> None:
    callers = {role: headers(brand, token_of(brand, role)) for role in PEOPLE}
    assert differences(callers, lambda role, name, who: None if role in MAY[who] else 403) == []


def test_without_a_token_only_what_is_public_is_open(brand: Brand) -> None:
    assert (
        differences({"nobody": headers(brand)}, lambda _, name, who: None if who == "public" else 401) == []
    )


def test_a_token_that_is_over_or_another_brands_opens_nothing(brand: Brand, another_brand: Brand) -> None:
    long_ago = datetime.now(UTC) - LIFETIME - timedelta(seconds=1)
    # The end of a token is looked at before its holder's role is: the least and the most are enough.
    least_and_most = (PEOPLE[0], PEOPLE[-1])
    callers = {f"{role}, expired": headers(brand, token_of(brand, role, long_ago)) for role in least_and_most}
    callers |= {f"{role}, elsewhere": headers(brand, token_of(another_brand, role)) for role in PEOPLE}
    # Most of what is public asks for no token; where it does, one that is shown must be good.
    assert (
        differences(callers, lambda _, name, who: 401 if who != "public" or caller_of(name) else None) == []
    )


def test_a_machine_whose_key_has_no_permission_is_let_in_where_anybody_is(brand: Brand) -> None:
    ask = {"name": "front end", "scopes": [FORWARD_VISITORS]}
    made = Person.staff(brand, Role.ADMIN).call(create_api_key.handler, "POST", "/v1/admin/api-keys", ask)
    machine = headers(brand) | {"x-api-key": made.body["key"]}

    def expected(_: str, name: str, who: str) -> int | None:
        kind = caller_of(name)
        return None if who == "public" else 403 if kind and issubclass(kind, Staff) else 401

    assert differences({"machine": machine}, expected) == []


def test_a_cart_is_opened_by_its_own_token_only(brand: Brand, another_brand: Brand) -> None:
    cart_id, token = new_cart(brand)
    strangers = [
        headers(brand) | {"x-cart-token": new_cart(another_brand)[1]},
        *(headers(brand, token_of(brand, role)) for role in PEOPLE),
    ]
    for name in of("cart"):
        own = path_params(name) | {"cart_id": cart_id}
        assert send(name, headers(brand) | {"x-cart-token": token}, own).status not in REFUSED, name
        for stranger in strangers:
            assert send(name, stranger, own).status in REFUSED, (name, stranger)


def test_who_does_not_sign_like_a_provider_is_not_heard(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_the_tests")
    callers = [headers(brand), *(headers(brand, token_of(brand, role)) for role in PEOPLE)]
    for name in of("provider"):
        for sent in callers:
            # Whose word it is says the body's signature, which only the story reads.
            answer = Admitted(sent, path_params(name)).send(name, {})
            assert answer.status in (400, *REFUSED), (name, answer)


def differences(callers: Callers, expected: Expected) -> list[str]:
    """Where somebody was let in or refused otherwise than expected."""
    found = []
    for name in of(*MAY):
        for caller, sent in callers.items():
            answer = send(name, sent)
            got = answer.status if answer.status in (401, 403) or answer.status >= 500 else None
            wanted = expected(caller, name, who_of(name))
            if got != wanted:
                found.append(
                    f"{' '.join(ROUTES[name])} ({who_of(name)}): {caller} {answer.status}, not {wanted}"
                )
    return found


def send(name: str, sent: dict[str, str], params: dict[str, str] | None = None) -> Answer:
    """One request to a function; whoever is let in is turned back before the story."""
    steps.install(_turn_back)
    try:
        return Admitted(sent, params or path_params(name)).send(name, {})
    finally:
        steps.install(None)


def _turn_back(step: str, function: str) -> None:
    if step == "before_story":
        raise LetIn


def of(*least: str) -> Iterable[str]:
    """The functions that are for these roles at least."""
    return [name for name in ROUTES if who_of(name) in least]


def who_of(name: str) -> str:
    """The least role by the contract; what is not in it yet (see test_contract) by its own word."""
    method, path = ROUTES[name]
    return (contract() | BEYOND).get((method, shape(path))) or declared_who(spec_of(name))


def token_of(brand: Brand, role: str, since: datetime | None = None) -> str:
    """The access token of a new account of this role, signed in just now or `since`."""
    return session_of(brand, account_of(brand, role), since).access_token


def account_of(brand: Brand, role: str) -> Account:
    """A new account of this role."""
    if role in PARTNERS:
        email = f"{role}-{uuid4().hex[:8]}@{brand.slug}.example"
        with begin(brand, "test") as work:
            user_id = create_partner_user(work, email, PASSWORD, uuid4(), PartnerRole(role), "Paola")
        return Account(user_id, email, Role.MEMBER, PartnerRole(role))
    if role == "platform":
        # The flag counts, whatever else somebody is.
        return staff_account(brand, Role.SUPPORT, platform=True)
    if role in STAFF:
        return staff_account(brand, Role(role))
    account = customer_account(brand)
    if role == "creator":
        with begin(brand, "test") as work:
            set_role(work, account.id, Role.CREATOR)
    return account
