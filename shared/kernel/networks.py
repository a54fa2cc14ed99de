"""Internet addresses, as what they tell of who is behind them."""

import ipaddress
from functools import lru_cache

# What one subscriber is given of IPv6 (RFC 6177): each of its addresses is the same client.
_IPV6_PREFIX = 64


@lru_cache(maxsize=4096)
def client_of(address: str) -> str:
    """The client that an address belongs to: itself, or its /64; a text that is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)
