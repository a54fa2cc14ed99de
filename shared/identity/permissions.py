"""Who may do what: the one table of roles and permissions."""

from enum import StrEnum
from functools import cache


class Role(StrEnum):
    """What a signed-in user is in a brand, from least to most; each may do all that those before it may.

    `member` needs no membership row and `platform` is a flag on the user, for what crosses brands.
    """

    MEMBER = "member"
    CREATOR = "creator"
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"
    PLATFORM = "platform"


STAFF = (Role.SUPPORT, Role.MANAGER, Role.ADMIN, Role.PLATFORM)

# What each role may do beyond the role before it.
GRANTS: dict[Role, frozenset[str]] = {
    Role.MEMBER: frozenset(),
    Role.CREATOR: frozenset(),
    Role.SUPPORT: frozenset(
        {
            "alerts:acknowledge",
            "alerts:read",
            "analytics:read",
            "carts:read",
            "carts:remind",
            "customers:annotate",
            "customers:read",
            "health:read",
            "inventory:read",
            "jobs:read",
            "orders:annotate",
            "orders:read",
            "products:read",
            "promotions:read",
            "reviews:moderate",
            "reviews:read",
        }
    ),
    Role.MANAGER: frozenset(
        {
            "cache:invalidate",
            "customers:edit",
            "dead_letters:read",
            "dead_letters:redrive",
            "inventory:manage",
            "orders:cancel",
            "orders:export",
            "orders:fulfil",
            "orders:refund",
            "outbox:read",
            "outbox:replay",
            "performance:read",
            "products:edit",
            "products:export",
            "products:import",
            "promotions:edit",
            "users:read",
            "webhook_events:read",
            "webhook_events:replay",
        }
    ),
    Role.ADMIN: frozenset(
        {
            "api_keys:manage",
            "audit:export",
            "audit:read",
            "customers:set_level",
            "inventory:reconcile",
            "orders:refund_above_limit",
            "privacy:manage",
            "schedules:run",
            "settings:manage",
            "staff:manage",
            "users:manage",
        }
    ),
    Role.PLATFORM: frozenset({"brands:manage", "deployment:operate"}),
}

# What a machine's API key may never be given: with any of these it could make itself, or somebody, more than it is.
PEOPLE_ONLY = frozenset(
    {
        "api_keys:manage",
        "brands:manage",
        "deployment:operate",
        "privacy:manage",
        "settings:manage",
        "staff:manage",
        "users:manage",
    }
)


def role_of(membership: str | None, is_platform: bool) -> Role:
    """The role of a user: the flag outranks the membership, and without either one is a member."""
    return Role.PLATFORM if is_platform else Role(membership or Role.MEMBER)


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """Everything `role` may do."""
    ladder = list(Role)
    return frozenset[str]().union(*(GRANTS[lower] for lower in ladder[: ladder.index(role) + 1]))


def may_be_a_scope(permission: str | None) -> bool:
    """Whether a machine's API key may be given `permission`, so that machines may call what needs it."""
    return permission in permissions_of(Role.PLATFORM) and permission not in PEOPLE_ONLY


def may(role: Role, permission: str) -> bool:
    """Whether `role` includes `permission`."""
    return permission in permissions_of(role)


def least_role(permission: str) -> Role:
    """The least role that may: the word of the contract's `who` column. Raises LookupError for an unknown permission."""
    for role, added in GRANTS.items():
        if permission in added:
            return role
    raise LookupError(f"no role has the permission {permission!r}")
