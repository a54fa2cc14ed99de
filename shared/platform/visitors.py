"""Whose request it is when a trusted front-end server sends it: the visitor's address, by which limits and sessions go."""

import ipaddress

from shared.platform import api_keys, limits
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest

# Not X-Forwarded-For: every proxy on the way adds to that one, and anybody may begin it.
HEADER = "x-visitor-address"


def recognise(request: HttpRequest, brand: Brand) -> None:
    """Put the visitor's address in the place of the server's, when the server's API key may forward it.

    Without a key that may, the header says nothing. Raises ApiKeyInvalid, TooManyRequests.
    """
    key = api_keys.recognise(request, brand, lambda: limits.spend_look_up(request.source_ip))
    told = request.headers.get(HEADER)
    if key is None or told is None or api_keys.FORWARD_VISITORS not in key.scopes:
        return
    address = _address(told)
    if address is not None:
        request.source_ip = address


def _address(told: str) -> str | None:
    try:
        return str(ipaddress.ip_address(told.strip()))
    except ValueError:
        return None
