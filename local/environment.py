"""What the stacks are deployed with locally, and the environment of the workers that follows from it."""

import base64
import os
import secrets
from collections import defaultdict
from dataclasses import dataclass

from local.aws.process import REGION
from local.files import CHECKOUT, Files
from local.templates.system import System
from shared.migrations.provision import DatabaseUrls

STAGE = "local"
STRIPE_SECRET_KEY = "sk_test_local"
PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET = "local_paypal_client", "local_paypal_secret"
PAYPAL_WEBHOOK_ID = "1LOCAL02345678901"
MAIL_DOMAIN = "comptoir.example"


@dataclass(frozen=True, slots=True)
class Settings:
    """The addresses and secrets of one run."""

    public_url: str
    aws_url: str
    stripe_url: str
    urls: DatabaseUrls
    webhook_secret: str
    master_key: str
    paypal_url: str = ""
    # The PEM of who vouches for the local PayPal's certificates.
    paypal_authority: str = ""


def webhook_secret(files: Files) -> str:
    """What the local Stripe signs its webhooks with."""
    return files.secret("stripe_webhook", "whsec_" + secrets.token_hex(16))


def master_key(files: Files) -> str:
    """What seals fields in this checkout's database."""
    return files.secret("master_key", base64.b64encode(secrets.token_bytes(32)).decode())


def parameters(settings: Settings) -> dict[str, str]:
    """The root stack's parameters. A setting that names a secret may as well be the secret itself."""
    return {
        "Stage": STAGE,
        "PublicUrl": settings.public_url,
        "MediaUrl": f"{settings.public_url}/_local/assets",
        "AppDatabase": settings.urls.app,
        "JobsDatabase": settings.urls.jobs,
        # The server beside us speaks no TLS; one that DATABASE_URL names may.
        "DatabaseTls": "prefer",
        "MailFrom": f"shop@{MAIL_DOMAIN}",
        "MailDomain": MAIL_DOMAIN,
        "StripeSecretKey": STRIPE_SECRET_KEY,
        "StripeWebhookSecret": settings.webhook_secret,
        "PayPalApiBase": settings.paypal_url,
        "PayPalClientId": PAYPAL_CLIENT_ID,
        "PayPalClientSecret": PAYPAL_CLIENT_SECRET,
        "PayPalWebhookId": PAYPAL_WEBHOOK_ID,
        "PayPalAuthorities": settings.paypal_authority,
    }


def of_workers(settings: Settings, files: Files, system: System, media_bucket: str) -> dict[str, str]:
    """The workers' environment: this process's, what every function is given, and what only the local run has."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own = {
        "AWS_ENDPOINT_URL": settings.aws_url,
        # Functions are run by the runner, not by the local AWS services.
        "AWS_ENDPOINT_URL_LAMBDA": f"{settings.public_url}/_local/lambda",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "STRIPE_API_BASE": settings.stripe_url,
        "GOOGLE_ISSUER": f"{settings.public_url}/_local/google",
        "SENDCLOUD_API_BASE": f"{settings.public_url}/_local/sendcloud",
        # KMS is none of the local services: the key lies in the environment.
        "MASTER_KEY": settings.master_key,
        "MEDIA_BUCKET": media_bucket,
        # Forms and links are for browsers on this machine, which know one address.
        "S3_PUBLIC_URL": f"{settings.public_url}/_local/s3",
        "DATABASE_PREPARES": "1",
        "CLOCK_FILE": str(files.clock),
        "FAULTS_FILE": str(files.faults),
        "LIMITS_SWITCH_FILE": str(files.limits),
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    return {**inherited, **_agreed(system), **own}


def of_functions(system: System) -> dict[str, dict[str, str]]:
    """By function: the variables that not all functions that have them agree on, such as the context's name."""
    agreed = _agreed(system)
    return {
        name: {key: value for key, value in function.environment.items() if key not in agreed}
        for name, function in system.functions.items()
    }


def _agreed(system: System) -> dict[str, str]:
    values: dict[str, set[str]] = defaultdict(set)
    for function in system.functions.values():
        for key, value in function.environment.items():
            values[key].add(value)
    return {key: found.pop() for key, found in values.items() if len(found) == 1}
