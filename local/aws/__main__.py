"""`python -m local.aws`: serve the local AWS services on 127.0.0.1:GATEWAY_PORT until ended."""

import os

import uvicorn

from local.aws.emulator import Emulator

# Clients keep their connections for a long time; a server that closes first makes them fail now and then.
_KEEP_ALIVE_SECONDS = 3600


def main() -> None:
    """Serve; the environment is local.aws.process's."""
    uvicorn.run(
        Emulator(os.environ["MAIL_FILE"]),
        host="127.0.0.1",
        port=int(os.environ["GATEWAY_PORT"]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
