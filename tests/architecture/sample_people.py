"""The people and keys that the samples of the account and staff side are about."""

from types import SimpleNamespace
from typing import Any

from functions._generate.demo import FACTS, OVERRIDES
from shared.identity import address_book, machine_keys
from shared.identity.accounts import guest_customer
from shared.identity.address_book import NewAddress
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, session_of, staff_account

_ADDRESS = {name: FACTS[name] for name in ("first_name", "last_name", "line1", "postcode", "city", "country")}


def make_people(brand: Brand, member: Account, admin: Account) -> dict[str, str]:
    """Ids as they were made, by the ids that the samples name: somebody to look after, staff to dismiss, a key to revoke."""
    cared_for = customer_account(brand, "grace@demo.test")
    leaving = staff_account(brand, Role.SUPPORT, "leaving@demo.test")
    with begin(brand, "sample") as work:
        customer = guest_customer(work, "mary@demo.test", "Mary", "Shelley")
        own = work.value("SELECT id FROM identity.customers WHERE user_id = %(id)s", id=member.id)
        address = address_book.add_address(work, own, NewAddress(**_ADDRESS))
        giver: Any = SimpleNamespace(user_id=admin.id, role=admin.role)
        key, _ = machine_keys.make_key(work, giver, "till", ["orders:read"], None)
    return {
        str(cared_for.id): FACTS["user_id"],
        str(customer): FACTS["customer_id"],
        str(address.id): FACTS["address_id"],
        str(leaving.id): OVERRIDES["dismiss_staff"]["id"],
        str(key.id): FACTS["api_key_id"],
    }


def tokens_of_people(brand: Brand) -> dict[str, str]:
    """What the samples name, by name: who runs the deployment, and who leaves."""
    running = staff_account(brand, Role.ADMIN, "platform@demo.test", platform=True)
    closing = customer_account(brand, "closing@demo.test")
    return {
        "PLATFORM_TOKEN": session_of(brand, running).access_token,
        "CLOSING_TOKEN": session_of(brand, closing).access_token,
    }
