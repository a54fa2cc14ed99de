"""What each function may do and needs: its kind's defaults, and what its context's `deployment.toml` says beyond them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from functions._generate.cloudformation import Ref, Sub
from functions._generate.discovery import FUNCTIONS, Function, Kind, all_functions

_ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"


@dataclass(frozen=True)
class Permission:
    """Something a function may do: the settings it reads for it, and the statements of its role."""

    environment: dict[str, Any]
    statements: list[dict[str, Any]]


def _allow(action: str | list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _secret(name: str, parameter: str) -> Permission:
    return Permission(
        {name: Ref(parameter)},
        [_allow("secretsmanager:GetSecretValue", Ref(parameter))],
    )


_DEAD_LETTERS = [Sub(_ARN % ("sqs", "${Stage}-*-dead")), Sub(_ARN % ("sqs", "${Stage}-*-undelivered"))]

PERMISSIONS = {
    "app_database": _secret("APP_DATABASE", "AppDatabase"),
    "jobs_database": _secret("JOBS_DATABASE", "JobsDatabase"),
    "count_requests": Permission(
        {"LIMITS_TABLE": Ref("LimitsTable")},
        [_allow("dynamodb:UpdateItem", Sub(_ARN % ("dynamodb", "table/${LimitsTable}")))],
    ),
    "wake_relay": Permission(
        {"RELAY_QUEUE_URL": Ref("RelayQueueUrl")}, [_allow("sqs:SendMessage", Ref("RelayQueue"))]
    ),
    "publish_events": Permission(
        {"EVENT_BUS": Ref("EventBus")},
        [_allow("events:PutEvents", Sub(_ARN % ("events", "event-bus/${EventBus}")))],
    ),
    "send_mail": Permission(
        {"MAIL_FROM": Ref("MailFrom")},
        [
            # SES checks the second one for some contents of SendEmail.
            {
                **_allow(
                    ["ses:SendEmail", "ses:SendRawEmail"], Sub(_ARN % ("ses", "identity/${MailDomain}"))
                ),
                "Condition": {"StringEquals": {"ses:FromAddress": Ref("MailFrom")}},
            }
        ],
    ),
    "unseal": Permission(
        {"MASTER_KEY": Ref("MasterKey")},
        [_allow(["kms:Decrypt", "kms:GenerateDataKey"], Ref("MasterKey"))],
    ),
    "call_stripe": _secret("STRIPE_SECRET_KEY", "StripeSecretKey"),
    "verify_stripe": _secret("STRIPE_WEBHOOK_SECRET", "StripeWebhookSecret"),
    "see_queues": Permission(
        {"RELAY_QUEUE_URL": Ref("RelayQueueUrl")},
        # AWS names no resource for listing.
        [
            _allow("sqs:ListQueues", "*"),
            _allow("sqs:GetQueueAttributes", Sub(_ARN % ("sqs", "${Stage}-*"))),
        ],
    ),
    "anchor_audit": Permission(
        {"AUDIT_BUCKET": Ref("AuditBucket")},
        [_allow("s3:PutObject", Sub("arn:${AWS::Partition}:s3:::${AuditBucket}/anchors/*"))],
    ),
    "read_dead_letters": Permission(
        {},
        [_allow(["sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"], _DEAD_LETTERS)],
    ),
    "move_dead_letters": Permission(
        {},
        [
            _allow("sqs:DeleteMessage", _DEAD_LETTERS),
            _allow(["sqs:GetQueueUrl", "sqs:SendMessage"], Sub(_ARN % ("sqs", "${Stage}-*"))),
        ],
    ),
}

# Which functions those are is known when all have been found.
RUN_JOBS = "run_jobs"

_READING = ("GET", "HEAD", "OPTIONS")
_MINUTELY = "minute"
# The gateway waits no longer.
_GATEWAY_SECONDS = 29


@dataclass(frozen=True)
class Deployment:
    """How a function is deployed: memory in MB, timeout in seconds, the names of its permissions; of a consumer also how
    many messages it takes at once, how many seconds it waits for them, and how many of it may run."""

    memory: int
    timeout: int
    may: tuple[str, ...]
    batch: int = 10
    batch_window: int = 0
    concurrency: int = 10

    @property
    def permissions(self) -> list[Permission]:
        """What `may` stands for."""
        return [_run_jobs() if name == RUN_JOBS else PERMISSIONS[name] for name in self.may]


def deployment_of(function: Function) -> Deployment:
    """The defaults of the function's kind and what `deployment.toml` changes; `may` there comes on top of the defaults.

    Raises KeyError for a permission, TypeError for a setting that does not exist.
    """
    default = _default(function)
    chosen = dict(_chosen(function.context).get(function.name, {}))
    may = dict.fromkeys((*default.may, *chosen.pop("may", ())))
    changed = replace(default, may=tuple(may), **chosen)
    unknown = set(may) - PERMISSIONS.keys() - {RUN_JOBS}
    if unknown:
        raise KeyError(
            f"{function.context}/{function.name}: no such permission: {', '.join(sorted(unknown))}"
        )
    return changed


@cache
def _run_jobs() -> Permission:
    jobs = [function.dashed for function in all_functions() if function.kind is Kind.JOB]
    live = [Sub(_ARN % ("lambda", "function:${Stage}-" + f"{name}:live")) for name in jobs]
    return Permission({}, [_allow("lambda:InvokeFunction", live)])


def strangers(context: str, names: set[str]) -> set[str]:
    """What a context's `deployment.toml` names and is no function."""
    return _chosen(context).keys() - names


def _default(function: Function) -> Deployment:
    match function.kind:
        case Kind.ENDPOINT:
            return Deployment(memory=1024, timeout=_GATEWAY_SECONDS, may=tuple(_endpoint_may(function)))
        case Kind.CONSUMER:
            return Deployment(memory=512, timeout=30, may=("app_database", "wake_relay"))
        case Kind.WAKE:
            return Deployment(memory=512, timeout=60, may=("jobs_database",), concurrency=2)
        case Kind.JOB:
            minutely = _MINUTELY in function.every
            return Deployment(
                memory=512, timeout=60 if minutely else 300, may=("jobs_database", "wake_relay")
            )


def _endpoint_may(function: Function) -> Iterator[str]:
    if not function.needs_brand:
        return
    yield "app_database"
    if function.endpoint.limit != "none":
        yield "count_requests"
    if function.endpoint.method not in _READING:
        yield "wake_relay"


def _chosen(context: str) -> dict[str, dict[str, Any]]:
    file = FUNCTIONS / context / "deployment.toml"
    return tomllib.loads(file.read_text()) if file.exists() else {}
