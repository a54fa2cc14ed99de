"""`make rehearse`: builds, packages and deploys this checkout as an operator would, into an emulator, and says what that proves.

A bare PostgreSQL, secrets, `sam build`, `sam package`, then CloudFormation: roles, database and schema by the migration's own function,
functions invoked by their alias, a second deployment, and one whose migration fails.
"""

import json
import platform
import shutil
import sys
from collections import Counter
from typing import Any

import psycopg

from local import postgres
from local.files import CHECKOUT, Files
from local.progress import complain, doing, say
from local.rehearsal import account, packaging, stack, templates
from local.rehearsal.account import Account, as_tls_or_not
from shared.kernel.ids import new_id
from shared.migrations.provision import DatabaseUrls, urls_of
from shared.migrations.upgrade import current, revisions
from shared.platform import clock

STAGE = "rehearsal"
_DATABASE = "released"
# Samples that need no more than a brand, and what they prove.
_INVOKED = {
    "platform/get_health": "its package and layers",
    "platform/show_docs": "pages",
    "catalog/list_products": "the database, by its secret",
    "identity/list_signing_keys": "the master key",
    "cart/create_cart": "a write, the limits' table, the relay's queue",
    "platform/relay_outbox": "a job, the bus",
}


class Failed(Exception):
    """The rehearsal showed something that must not be."""


def main() -> int:
    """The exit status: 1 when something is not as it must be."""
    files = Files(CHECKOUT)
    folder = files.data / "rehearsal"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    home = postgres.home(files.home) / "rehearsal"
    shutil.rmtree(home, ignore_errors=True)
    with postgres.PostgreSQL(home, durable=False) as server, account.opened(files) as opened:
        urls = urls_of(server.admin_url, server.passwords(), _DATABASE)
        try:
            _rehearse(opened, folder, server.admin_url, urls)
        except (Failed, packaging.NotPackaged) as error:
            complain(f"rehearsal failed: {error}")
            complain(f"the emulator's log: {files.logs / 'rehearsal-aws.log'}")
            return 1
    return 0


def _rehearse(opened: Account, folder: Any, admin_url: str, urls: DatabaseUrls) -> None:
    with doing("sam build, sam package"):
        template = packaging.packaged(opened, folder)
    parameters = _parameters(opened, admin_url, urls)
    prepared = templates.prepare(opened, template.read_text(), parameters)
    with doing("deploying"):
        first = stack.deploy(opened, prepared.url, parameters)
    _expect("the first deployment", first, "CREATE_COMPLETE")
    if current(urls.owner) != revisions()[-1] or first.outputs.get("Schema") != revisions()[-1]:
        raise Failed(f"the schema is at {current(urls.owner)}, the stack says {first.outputs.get('Schema')}")
    say(
        f"deployed: {sum(prepared.made.values())} resources; roles, database and schema {revisions()[-1]} made by the migration"
    )
    _make_brand(urls)
    for function, proves in _INVOKED.items():
        say(f"  {function} answers {_invoke(opened, function)}: {proves}")
    with doing("deploying again"):
        again = stack.deploy(opened, prepared.url, parameters)
    _expect("the second deployment", again, "UPDATE_COMPLETE")
    if again.outputs != first.outputs:
        raise Failed(f"the second deployment's outputs differ: {again.outputs}")
    say("deployed again: nothing to migrate, the same outputs")
    _break(opened, prepared.url, parameters, urls)
    _show("made by CloudFormation", prepared.made)
    _show("left out: the emulator has no such thing", prepared.left_out)
    say(
        "not rehearsed: what only conditions make (Aurora, RDS Proxy, CloudFront, CodeDeploy, rotation schedules), the gateway's routes (its body is not"
    )
    say(
        "imported), IAM's judgement (every call is allowed), TLS to the database, KMS grants, and alarms that ring. See docs/operations.md."
    )


def _parameters(opened: Account, admin_url: str, urls: DatabaseUrls) -> dict[str, str]:
    return {
        "Stage": STAGE,
        "Architecture": packaging.ARCHITECTURE,
        "AdminDatabase": opened.secret("admin", as_tls_or_not(admin_url)),
        "OwnerDatabase": opened.secret("owner", as_tls_or_not(urls.owner)),
        "AppDatabase": opened.secret("app", as_tls_or_not(urls.app)),
        "JobsDatabase": opened.secret("jobs", as_tls_or_not(urls.jobs)),
        "StripeSecretKey": opened.secret("stripe", "sk_test_rehearsal"),
        "StripeWebhookSecret": opened.secret("stripe-webhook", "whsec_rehearsal"),
        "PayPalClientId": "client_rehearsal",
        "PayPalClientSecret": opened.secret("paypal", "secret_rehearsal"),
        "PayPalWebhookId": "1REHEARSAL",
        # As the root says to its database's stack when the database is an existing one.
        "RotationDays": "0",
        "MailFrom": "shop@comptoir.example",
        "MailDomain": "comptoir.example",
    }


def _break(opened: Account, url: str, parameters: dict[str, str], urls: DatabaseUrls) -> None:
    """A migration that fails takes its deployment back, and no function has changed."""
    before = _versions(opened)
    nowhere = as_tls_or_not(urls.owner.rpartition("/")[0] + "/nowhere")
    wrong = parameters | {
        "OwnerDatabase": opened.secret("nowhere", nowhere),
        "AdminDatabase": "",
        "DefaultBrand": "other",
    }
    with doing("deploying with a migration that fails"):
        broken = stack.deploy(opened, url, wrong)
    if not broken.status.startswith("UPDATE_ROLLBACK"):
        raise Failed(f"a failed migration ended in {broken.status}")
    if _versions(opened) != before:
        raise Failed("functions changed although the migration had failed")
    say(f"a migration that fails: {broken.status}, no function changed ({broken.reason[:160]})")


def _versions(opened: Account) -> dict[str, tuple[str, str]]:
    """By function, the version that `live` points at, and the configuration's own mark."""
    functions = opened.client("lambda")
    found = {}
    for page in functions.get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            name = each["FunctionName"]
            if not name.startswith(f"{STAGE}-database-"):
                alias = functions.get_alias(FunctionName=name, Name="live")
                found[name] = (alias["FunctionVersion"], json.dumps(each["Environment"], sort_keys=True))
    return found


def _invoke(opened: Account, function: str) -> str:
    sample = (CHECKOUT / "events" / f"{function}.json").read_text()
    name = f"{STAGE}-{function.replace('/', '-').replace('_', '-')}"
    answer = opened.client("lambda").invoke(FunctionName=name, Qualifier="live", Payload=sample)
    told = json.loads(answer["Payload"].read() or "null")
    status = told.get("statusCode", 200 if told.get("finished") else 500) if isinstance(told, dict) else 500
    if "FunctionError" in answer or status >= 300:
        raise Failed(f"{function}: {json.dumps(told)[:600]}")
    return str(status)


def _make_brand(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.jobs, autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.brands (id, slug, name, created_at) VALUES (%(id)s, 'demo', 'Demo', %(now)s)",
            {"id": new_id(clock.now()), "now": clock.now()},
        )


def _expect(what: str, outcome: stack.Outcome, status: str) -> None:
    if outcome.status != status:
        raise Failed(f"{what} ended in {outcome.status}: {outcome.reason}")


def _show(what: str, kinds: Counter[str]) -> None:
    say(f"{what}:")
    for kind, number in sorted(kinds.items()):
        say(f"  {number:4} {kind}")


if __name__ == "__main__":
    if platform.system() != "Linux":
        sys.exit("The built layers run on Linux only.")
    sys.exit(main())
