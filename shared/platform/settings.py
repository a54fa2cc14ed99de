"""Settings: environment variables, read once per warm process; a Secrets Manager ARN is fetched, anything else is literal."""

import os
from dataclasses import dataclass
from functools import cache

_SECRET_PREFIX = "arn:aws"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a function's template tells it. Empty means: not given to this function."""

    stage: str
    app_database: str
    jobs_database: str
    database_host: str
    database_connect_seconds: int
    event_bus: str
    relay_queue_url: str
    limits_table: str
    media_bucket: str
    audit_bucket: str
    private_bucket: str
    media_url: str
    s3_public_url: str
    keeps_answers: bool
    mail_from: str
    public_url: str
    stripe_api_base: str
    paypal_api_base: str
    paypal_client_id: str
    paypal_webhook_id: str
    paypal_authorities: str
    google_issuer: str
    sendcloud_api_base: str
    default_brand: str
    database_prepares: bool
    aws_endpoint_url: str
    aws_region: str
    clock_file: str
    limits_switch_file: str


@cache
def settings() -> Settings:
    """The process's settings."""
    read = os.environ.get
    return Settings(
        stage=read("STAGE", "local"),
        app_database=read("APP_DATABASE", ""),
        jobs_database=read("JOBS_DATABASE", ""),
        database_host=read("DATABASE_HOST", ""),
        database_connect_seconds=int(read("DATABASE_CONNECT_SECONDS", "5")),
        event_bus=read("EVENT_BUS", "default"),
        relay_queue_url=read("RELAY_QUEUE_URL", ""),
        limits_table=read("LIMITS_TABLE", ""),
        media_bucket=read("MEDIA_BUCKET", ""),
        audit_bucket=read("AUDIT_BUCKET", ""),
        private_bucket=read("PRIVATE_BUCKET", ""),
        media_url=read("MEDIA_URL", ""),
        s3_public_url=read("S3_PUBLIC_URL", ""),
        keeps_answers=read("KEEP_ANSWERS", "1") == "1",
        mail_from=read("MAIL_FROM", "shop@example.com"),
        public_url=read("PUBLIC_URL", ""),
        stripe_api_base=read("STRIPE_API_BASE", ""),
        paypal_api_base=read("PAYPAL_API_BASE", "https://api-m.paypal.com"),
        paypal_client_id=read("PAYPAL_CLIENT_ID", ""),
        paypal_webhook_id=read("PAYPAL_WEBHOOK_ID", ""),
        paypal_authorities=read("PAYPAL_AUTHORITIES", ""),
        google_issuer=read("GOOGLE_ISSUER", "https://accounts.google.com"),
        sendcloud_api_base=read("SENDCLOUD_API_BASE", ""),
        default_brand=read("DEFAULT_BRAND", "demo"),
        database_prepares=read("DATABASE_PREPARES", "") == "1",
        aws_endpoint_url=read("AWS_ENDPOINT_URL", ""),
        aws_region=read("AWS_REGION", read("AWS_DEFAULT_REGION", "eu-west-1")),
        clock_file=read("CLOCK_FILE", ""),
        limits_switch_file=read("LIMITS_SWITCH_FILE", ""),
    )


@cache
def secret(name: str) -> str:
    """The secret that the environment variable `name` holds or, if it is an ARN, names.

    Raises KeyError when the function was not given it.
    """
    return resolve(os.environ[name])


def pending_secret(name: str) -> str | None:
    """The value that a rotation under way is about to make the secret's; None when none is."""
    from shared.platform import aws

    value = os.environ[name]
    if not value.startswith(_SECRET_PREFIX):
        return None
    asked = {"SecretId": value, "VersionStage": "AWSPENDING"}
    try:
        return str(aws.call("secretsmanager", "GetSecretValue", asked)["SecretString"])
    except aws.AwsError:
        return None


@cache
def resolve(value: str) -> str:
    """`value` itself, or the secret string behind it when it is a Secrets Manager ARN."""
    if not value.startswith(_SECRET_PREFIX):
        return value
    from shared.platform import aws

    return str(aws.call("secretsmanager", "GetSecretValue", {"SecretId": value})["SecretString"])


def forget() -> None:
    """Drop what was read: for tests, and for a rotated secret that stopped working."""
    settings.cache_clear()
    secret.cache_clear()
    resolve.cache_clear()
