"""GET /v1/me/kyc — the account's identity checks, and from how much invested each is needed."""

from shared.identity.callers import Member
from shared.identity.kyc import KycCheck, checks_of, passed_level
from shared.identity.kyc_rules import KycLevel, KycThresholds
from shared.kernel.money import Money
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class Threshold(Response):
    """The check that is needed once so much is invested in all."""

    level: str
    invested: Money


class Kyc(Response):
    """`level` is the most thorough check passed, null when none was; `checks` are the latest first."""

    level: str | None
    thresholds: list[Threshold]
    checks: list[KycCheck]


def get_kyc(caller: Member, work: Work) -> Kyc:
    passed = passed_level(work, caller.user_id)
    thresholds = KycThresholds.of(work.brand.settings)
    limits = [(level, thresholds.at(level)) for level in KycLevel]
    return Kyc(
        level=passed.value if passed else None,
        thresholds=[
            Threshold(level=level.value, invested=Money(limit, work.brand.currency))
            for level, limit in limits
            if limit is not None
        ],
        checks=checks_of(work, caller.user_id),
    )


handler = endpoint("GET", "/v1/me/kyc", get_kyc)
