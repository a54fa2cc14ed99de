"""What each function may do and needs: its kind's defaults, and what its context's `deployment.toml` says beyond them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from functions._generate.cloudformation import If, Ref, Sub
from functions._generate.discovery import FUNCTIONS, Function, Kind, all_functions

_ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"


@dataclass(frozen=True)
class Permission:
    """Something a function may do: the settings it reads for it, the statements of its role, and the services in which it
    thereby reads or writes what the deployment's own key encrypts."""

    environment: dict[str, Any]
    statements: list[Any]
    encrypted_by: tuple[str, ...] = ()


def _allow(action: str | list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _secret(name: str, parameter: str) -> Permission:
    return Permission(
        {name: Ref(parameter)},
        [_allow("secretsmanager:GetSecretValue", Ref(parameter))],
        ("secretsmanager",),
    )


def _database(name: str, parameter: str) -> Permission:
    held = _secret(name, parameter)
    # What libpq reads where the URL says nothing else.
    reached = {
        "DATABASE_HOST": Ref("DatabaseHost"),
        "DATABASE_CONNECT_SECONDS": Ref("DatabaseConnectSeconds"),
        "PGSSLMODE": Ref("DatabaseTls"),
        "PGSSLROOTCERT": Sub("/opt/authorities/${DatabaseAuthorities}.pem"),
    }
    return Permission(held.environment | reached, held.statements, held.encrypted_by)


_UPLOADS = "arn:${AWS::Partition}:s3:::${PrivateBucket}/uploads/*"
_DEAD_LETTERS = [Sub(_ARN % ("sqs", "${Stage}-*-dead")), Sub(_ARN % ("sqs", "${Stage}-*-undelivered"))]

PERMISSIONS = {
    "app_database": _database("APP_DATABASE", "AppDatabase"),
    "jobs_database": _database("JOBS_DATABASE", "JobsDatabase"),
    "know_the_cdn": Permission(
        {"ORIGIN_SECRET": Ref("OriginSecret")},
        [
            If(
                [
                    "BehindCdn",
                    _allow("secretsmanager:GetSecretValue", Ref("OriginSecret")),
                    Ref("AWS::NoValue"),
                ]
            )
        ],
        ("secretsmanager",),
    ),
    "count_requests": Permission(
        {"LIMITS_TABLE": Ref("LimitsTable")},
        [_allow("dynamodb:UpdateItem", Sub(_ARN % ("dynamodb", "table/${LimitsTable}")))],
        ("dynamodb",),
    ),
    "arm_timers": Permission(
        {"TIMERS_TABLE": Ref("TimersTable")},
        [
            _allow(
                ["dynamodb:GetItem", "dynamodb:UpdateItem"], Sub(_ARN % ("dynamodb", "table/${LimitsTable}"))
            )
        ],
        ("dynamodb",),
    ),
    "wake_relay": Permission(
        {"RELAY_QUEUE_URL": Ref("RelayQueueUrl")},
        [_allow("sqs:SendMessage", Ref("RelayQueue"))],
        ("sqs",),
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
    # Whether there is an account at all: what a shop offers follows from it.
    "know_paypal": Permission({"PAYPAL_CLIENT_ID": Ref("PayPalClientId")}, []),
    "call_paypal": Permission(
        {
            "PAYPAL_API_BASE": Ref("PayPalApiBase"),
            "PAYPAL_CLIENT_ID": Ref("PayPalClientId"),
            "PAYPAL_CLIENT_SECRET": Ref("PayPalClientSecret"),
        },
        [
            If(
                [
                    "TakesPayPal",
                    _allow("secretsmanager:GetSecretValue", Ref("PayPalClientSecret")),
                    Ref("AWS::NoValue"),
                ]
            )
        ],
        ("secretsmanager",),
    ),
    "verify_paypal": Permission(
        {
            "PAYPAL_API_BASE": Ref("PayPalApiBase"),
            "PAYPAL_WEBHOOK_ID": Ref("PayPalWebhookId"),
            "PAYPAL_AUTHORITIES": Ref("PayPalAuthorities"),
        },
        [],
    ),
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
        ("s3",),
    ),
    "keep_private_files": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [_allow(["s3:DeleteObject", "s3:PutObject"], Sub("arn:${AWS::Partition}:s3:::${PrivateBucket}/*"))],
        ("s3",),
    ),
    "list_private_files": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [_allow("s3:ListBucket", Sub("arn:${AWS::Partition}:s3:::${PrivateBucket}"))],
    ),
    "read_private_files": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [_allow("s3:GetObject", Sub("arn:${AWS::Partition}:s3:::${PrivateBucket}/*"))],
        ("s3",),
    ),
    # Whoever signs a form lends it their own right to write.
    "take_uploads": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [_allow("s3:PutObject", Sub(_UPLOADS))],
        ("s3",),
    ),
    "read_uploads": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [_allow("s3:GetObject", Sub(_UPLOADS))],
        ("s3",),
    ),
    "clean_uploads": Permission(
        {"PRIVATE_BUCKET": Ref("PrivateBucket")},
        [
            _allow("s3:DeleteObject", Sub(_UPLOADS)),
            {
                **_allow("s3:ListBucket", Sub("arn:${AWS::Partition}:s3:::${PrivateBucket}")),
                "Condition": {"StringLike": {"s3:prefix": "uploads/*"}},
            },
        ],
    ),
    "publish_media": Permission(
        {"MEDIA_BUCKET": Ref("MediaBucket")},
        [_allow("s3:PutObject", Sub("arn:${AWS::Partition}:s3:::${MediaBucket}/*"))],
        ("s3",),
    ),
    "remove_media": Permission(
        {"MEDIA_BUCKET": Ref("MediaBucket")},
        [_allow("s3:DeleteObject", Sub("arn:${AWS::Partition}:s3:::${MediaBucket}/*"))],
    ),
    "read_dead_letters": Permission(
        {},
        [_allow(["sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"], _DEAD_LETTERS)],
        ("sqs",),
    ),
    "move_dead_letters": Permission(
        {},
        [
            _allow("sqs:DeleteMessage", _DEAD_LETTERS),
            _allow(["sqs:GetQueueUrl", "sqs:SendMessage"], Sub(_ARN % ("sqs", "${Stage}-*"))),
        ],
        ("sqs",),
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
    many messages it takes at once, how many seconds it waits for them, and how many of it may run. `layers` are those beyond
    what every function has: "sqlalchemy" for one that composes its SQL (Work.select), "pillow" for one that reads pictures, "documents" beside it
    for one that makes PDF files."""

    memory: int
    timeout: int
    may: tuple[str, ...]
    batch: int = 10
    batch_window: int = 0
    concurrency: int = 10
    layers: tuple[str, ...] = ()

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
    layers = tuple(chosen.pop("layers", ()))
    changed = replace(default, may=tuple(may), layers=layers, **chosen)
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
            return Deployment(memory=512, timeout=30, may=("app_database", "wake_relay", "arm_timers"))
        case Kind.UPLOAD:
            may = ("app_database", "wake_relay", "arm_timers", "read_uploads")
            return Deployment(memory=1024, timeout=60, may=may, batch=1)
        case Kind.WAKE:
            return Deployment(memory=512, timeout=60, may=("jobs_database",), concurrency=2)
        case Kind.JOB:
            minutely = _MINUTELY in function.every
            return Deployment(
                memory=512, timeout=60 if minutely else 300, may=("jobs_database", "wake_relay", "arm_timers")
            )


def _endpoint_may(function: Function) -> Iterator[str]:
    yield "know_the_cdn"
    if not function.needs_brand:
        return
    yield "app_database"
    if function.endpoint.limit != "none":
        yield "count_requests"
    if function.endpoint.method not in _READING:
        yield "wake_relay"
        yield "arm_timers"


def _chosen(context: str) -> dict[str, dict[str, Any]]:
    file = FUNCTIONS / context / "deployment.toml"
    return tomllib.loads(file.read_text()) if file.exists() else {}
