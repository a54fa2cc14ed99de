"""`python -m local.stripe --port N --data FILE --webhook-url URL --webhook-secret S`: a Stripe account of one's own."""

import argparse
import os

import uvicorn

from local.stripe.application import Api
from local.stripe.faults import Faults
from local.stripe.server import CuttingProtocol, Server
from local.stripe.storage import Storage
from local.stripe.webhooks import DEFAULT_EVENTS, Deliveries

SECRET_KEY = "sk_test_local"
PUBLISHABLE_KEY = "pk_test_local"
_SHUTDOWN_SECONDS = 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stripe", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", required=True, help="the SQLite file that keeps the account")
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--webhook-secret", required=True)
    parser.add_argument(
        "--events", default=",".join(DEFAULT_EVENTS), help="subscribed types, by commas; * ends a pattern"
    )
    parser.add_argument("--secret-key", default=os.environ.get("STRIPE_SECRET_KEY", SECRET_KEY))
    parser.add_argument("--publishable-key", default=PUBLISHABLE_KEY)
    parser.add_argument("--public-url", help="where a browser finds this server, for the bank's page")
    return parser.parse_args()


def main() -> None:
    """Serve until told to stop."""
    told = _arguments()
    store, faults = Storage(told.data), Faults()
    deliveries = Deliveries(store, faults, told.webhook_url, told.webhook_secret, told.events.split(","))
    public_url = (told.public_url or f"http://127.0.0.1:{told.port}").rstrip("/")
    api = Api(store, deliveries, faults, told.secret_key, told.publishable_key, public_url)
    uvicorn.run(
        Server(api),
        host="127.0.0.1",
        port=told.port,
        http=CuttingProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        # Longer than clients keep theirs, so that a kept connection is not cut under a request.
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
