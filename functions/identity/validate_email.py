"""POST /v1/auth/validate-email — whether an address can be registered: syntax, throw-away domains, probable slips."""

from shared.identity.credentials import verified_id
from shared.identity.email_addresses import TypedAddress, account_key
from shared.identity.email_checks import check, receives_mail
from shared.identity.permissions import may
from shared.identity.visitors import Visitor
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Outcome, Pending, Request, Response
from shared.platform.work import Work

# The least that may be told whether an address has an account: who manages accounts.
_MAY_KNOW = "users:manage"
_SETTING = "check_mx"


class ValidateEmail(Request):
    email: TypedAddress


class EmailReport(Response):
    """`receives_mail` is what the DNS says, where the brand has it asked; `available` is told to admins alone."""

    email: str
    valid: bool
    reason: str | None
    normalized: str | None
    disposable: bool
    suggestions: list[str]
    receives_mail: bool | None = None
    available: bool | None = None


class Unasked(Pending):
    """A report whose domain the DNS has yet to be asked for."""

    report: EmailReport


class Asked(Outcome):
    receives_mail: bool | None


def record(ask: ValidateEmail, caller: Visitor, work: Work) -> Unasked | EmailReport:
    found = check(ask.email)
    report = EmailReport(
        email=ask.email,
        valid=found.normalized is not None,
        reason=found.reason,
        normalized=found.normalized,
        disposable=found.disposable,
        suggestions=found.suggestions,
    )
    if caller.member and may(caller.member.role, _MAY_KNOW):
        report.available = verified_id(work, account_key(ask.email)) is None
    wanted = report.valid and work.brand.settings.get(_SETTING) is True
    return Unasked(report=report) if wanted else report


def reach(pending: Unasked) -> Asked:
    return Asked(receives_mail=receives_mail(pending.report.email))


def settle(pending: Unasked, outcome: Asked, work: Work) -> EmailReport:
    return pending.report.model_copy(update={"receives_mail": outcome.receives_mail})


handler = endpoint("POST", "/v1/auth/validate-email", Steps(record, reach, settle), idempotency="none")
