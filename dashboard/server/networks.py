"""The network that somebody is in, by their address."""

from __future__ import annotations

import ipaddress

UNKNOWN = "unknown"  # of who is on the server's machine, or behind a proxy that hides it


def network(address: str | None) -> str:
    """What stands for an address wherever something is counted.

    One subscriber to IPv6 has at least 2**64 addresses (RFC 6177): their network is one.
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))
