"""People for tests of accounts: signed in, and calling what is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.gateway import Answer, Handler, call


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a session."""

    brand: Brand
    account: Account
    token: str

    @classmethod
    def member(cls, brand: Brand, email: str | None = None) -> "Person":
        """A customer with a login."""
        return cls._of(brand, customer_account(brand, email))

    @classmethod
    def staff(cls, brand: Brand, role: Role, *, platform: bool = False) -> "Person":
        """A member of staff."""
        return cls._of(brand, staff_account(brand, role, platform=platform))

    @classmethod
    def _of(cls, brand: Brand, account: Account) -> "Person":
        return cls(brand, account, session_of(brand, account).access_token)

    def again(self) -> str:
        """The token of another session."""
        return session_of(self.brand, self.account).access_token

    @property
    def id(self) -> UUID:
        """The account's."""
        return self.account.id

    @cached_property
    def customer_id(self) -> UUID | None:
        """The buyer's record, if there is one when this is first asked."""
        with begin(self.brand, "test") as work:
            found: UUID | None = work.value(
                "SELECT id FROM identity.customers WHERE user_id = %(id)s", id=self.account.id
            )
        return found

    def call(
        self,
        handler: Handler,
        method: str,
        path: str,
        body: Any = None,
        *,
        more: Mapping[str, str] | None = None,
        **given: Any,
    ) -> Answer:
        """Send a request; `{name}` in the path is filled in from `given`, `more` are further headers."""
        params = {name: str(given.pop(name)) for name in list(given) if f"{{{name}}}" in path}
        sent = headers(self.brand, self.token) | dict(more or {})
        return call(handler, method, path.format(**params), body, headers=sent, path_params=params, **given)


def rows(brand: Brand, sql: str, **params: Any) -> list[Any]:
    """What the brand has."""
    with begin(brand, "test") as work:
        return work.all(sql, **params)
