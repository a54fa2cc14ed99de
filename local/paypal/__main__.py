"""`python -m local.paypal --port N --data FOLDER --webhook-url URL --webhook-id ID`: a PayPal account of one's own."""

import argparse
import os
from pathlib import Path

import uvicorn

from local.paypal.application import Api
from local.paypal.certificates import signer
from local.paypal.server import Server
from local.paypal.storage import Storage
from local.paypal.webhooks import DEFAULT_EVENTS, Deliveries
from local.stripe.faults import Faults
from local.stripe.server import CuttingProtocol

CLIENT_ID, CLIENT_SECRET = "local_paypal_client", "local_paypal_secret"
_SHUTDOWN_SECONDS = 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.paypal", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--data", required=True, help="the folder that keeps the account and its certificates"
    )
    parser.add_argument("--webhook-url", required=True)
    parser.add_argument("--webhook-id", required=True)
    parser.add_argument("--events", default=",".join(DEFAULT_EVENTS), help="by commas; * ends a pattern")
    parser.add_argument("--client-id", default=os.environ.get("PAYPAL_CLIENT_ID", CLIENT_ID))
    parser.add_argument("--client-secret", default=os.environ.get("PAYPAL_CLIENT_SECRET", CLIENT_SECRET))
    parser.add_argument("--public-url", help="where a browser finds this server, for its page")
    return parser.parse_args()


def main() -> None:
    """Serve until told to stop."""
    told = _arguments()
    folder = Path(told.data)
    folder.mkdir(parents=True, exist_ok=True)
    signing = signer(folder)
    store, faults = Storage(folder / "paypal.sqlite"), Faults()
    api_url = f"http://127.0.0.1:{told.port}"
    events = told.events.split(",")
    deliveries = Deliveries(store, faults, told.webhook_url, told.webhook_id, signing, api_url, events)
    public_url = (told.public_url or api_url).rstrip("/")
    api = Api(store, deliveries, faults, told.client_id, told.client_secret, public_url, api_url)
    uvicorn.run(
        Server(api, signing),
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
