"""Whom the samples about accounts and customers are about, and what those have."""

from uuid import UUID

from functions._generate.demo import FACTS, OVERRIDES
from local.demo.brands import CUSTOMER
from shared.identity import privacy_runs
from shared.identity.accounts import create_customer_account, create_staff, guest_customer
from shared.identity.address_book import NewAddress, add_address
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.identity.privacy_requests import RequestKind, open_request
from shared.kernel.ids import new_id
from shared.platform.api_keys import new_key
from shared.platform.brands import Brand
from shared.platform.work import Work, begin
from tests.accounts import PASSWORD, customer_account, session_of
from tests.buyers import PARIS


def make_people(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """Rows, by their own ids, under which ids the samples name them; and the secrets that senders put in."""
    with begin(brand, "sample") as work:
        ada = work.one(
            """SELECT u.id, c.id AS customer_id FROM identity.users u JOIN identity.customers c ON c.user_id = u.id
                WHERE u.email = %(email)s""",
            email=CUSTOMER[0],
        )
        assert ada is not None
        support = work.value("SELECT id FROM identity.users WHERE email = 'support@demo.test'")
        guest = guest_customer(work, "lea@demo.test", "Léa", "Martin")
        bea, _ = create_customer_account(work, "bea@demo.test", PASSWORD, "Béa", "Lambert")
        address = add_address(work, ada.customer_id, NewAddress.model_validate(PARIS)).id
        waiting = open_request(work, RequestKind.EXPORT, bea, "self").id
        platform = create_staff(work, "platform@demo.test", PASSWORD, Role.ADMIN, "Paul Atlas", platform=True)
        token, key_id = _downloadable(work), _api_key(work, support)
    account = Account(platform, "platform@demo.test", Role.PLATFORM)
    names = {
        str(guest): FACTS["customer_id"],
        str(bea): FACTS["user_id"],
        str(support): OVERRIDES["dismiss_staff"]["id"],
        str(address): FACTS["address_id"],
        str(waiting): FACTS["privacy_request_id"],
        str(key_id): FACTS["api_key_id"],
    }
    return names, {
        "CLOSING_TOKEN": session_of(brand, customer_account(brand, "closing@demo.test")).access_token,
        "PLATFORM_TOKEN": session_of(brand, account).access_token,
        "DOWNLOAD_TOKEN": token,
    }


def _downloadable(work: Work) -> str:
    """The token of an archive that somebody may download."""
    max_id, _ = create_customer_account(work, "max@demo.test", PASSWORD, "Max", "Peeters")
    request = open_request(work, RequestKind.EXPORT, max_id, "self")
    token = privacy_runs.complete(
        work, request.id, object_key=f"exports/{request.id}.zip", downloadable=True, look_again_at=None
    )
    assert token is not None
    return token


def _api_key(work: Work, made_by: UUID) -> UUID:
    key, key_id = new_key(), new_id(work.now)
    work.run(
        """INSERT INTO platform.api_keys (id, name, hint, key_hash, scopes, created_by, created_at)
           VALUES (%(id)s, 'ERP', %(hint)s, %(hash)s, '{orders:read}', %(by)s, %(now)s)""",
        id=key_id,
        hint=key.hint,
        hash=key.hash,
        by=made_by,
        now=work.now,
    )
    return key_id
