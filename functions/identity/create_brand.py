"""POST /v1/admin/brands — open a brand, and invite its first administrator."""

from typing import Annotated

from pydantic import Field

from shared.administration import brand_registry
from shared.administration.brand_registry import BrandExists, HostTaken, NewBrand, RegisteredBrand
from shared.identity.accounts import name_of
from shared.identity.callers import Staff
from shared.identity.email_addresses import NewAddress
from shared.identity.invitations import Invitation, invite
from shared.platform.doors import endpoint
from shared.platform.work import Work


class OpenBrand(NewBrand):
    """`admin_email` is sent the invitation to administer the brand; nobody of another brand can sign in to it."""

    admin_email: Annotated[NewAddress, Field(examples=["agnes@atelier.test"])]


def create_brand(ask: OpenBrand, caller: Staff, work: Work) -> RegisteredBrand:
    brand = brand_registry.open_brand(work, ask)
    inviter = name_of(work, caller.user_id) or work.brand.name
    with work.within(brand) as there:
        asked = Invitation(
            kind="staff",
            email=ask.admin_email,
            name="",
            role="admin",
            invited_by=caller.user_id,
            inviter=inviter,
            locale=brand.locale,
        )
        invite(there, asked)
        opened = {"slug": brand.slug, "admin_email": ask.admin_email}
        there.audit(action="identity.create_brand", actor=caller.actor(), after=opened)
    work.audit(resource={"brand_id": brand.id}, after=ask)
    return brand_registry.read_brand(work, brand.id)


handler = endpoint(
    "POST",
    "/v1/admin/brands",
    create_brand,
    needs="brands:manage",
    refuses=[BrandExists, HostTaken],
    status=201,
)
