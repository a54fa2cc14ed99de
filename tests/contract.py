"""The contract with clients, as tests compare the code with it: every endpoint, and the least role that may call it."""

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("contract.txt")
# Ours alone: the links of a data export's and of an invoice's mail, the invoice of one's own order, the settings of a variant's stock, staff's answer to a withdrawal, and the answers
# to what is no endpoint at all.
BEYOND = {
    ("GET", "/v1/privacy-downloads/{}"): "public",
    ("GET", "/v1/store/orders/{}/invoice.pdf"): "public",
    ("GET", "/v1/me/orders/{}/invoice.pdf"): "member",
    ("PATCH", "/v1/admin/inventory/{}"): "manager",
    ("PATCH", "/v1/admin/orders/{}/withdrawals/{}"): "manager",
    ("OPTIONS", "/{}"): "public",
    ("ANY", "$default"): "public",
}


def shape(path: str) -> str:
    """The path with its parameters unnamed."""
    return re.sub(r"{[^}]*}", "{}", path)


@cache
def contract() -> dict[tuple[str, str], str]:
    """The word of `who` by method and shape of the path."""
    rows = [line.split(" | ") for line in _FILE.read_text().splitlines() if line and line[0] != "#"]
    return {(method, shape(path)): who for _, method, path, who in rows}
