"""This machine as others reach it."""

from __future__ import annotations

import ipaddress
import os
import socket

ADDRESS = "MOLIERE_ADDRESS"  # where others find it, when it cannot find out by itself
_OUTSIDE = ("192.0.2.1", 9)  # an address of nobody (RFC 5737), to which nothing is sent


def told() -> str:
    """The address that `MOLIERE_ADDRESS` gives, without a last slash; "" where it is unset."""
    return os.environ.get(ADDRESS, "").strip().rstrip("/")


def on_network() -> str:
    """The address of this machine on the network that leads outside; "" where there is none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_OUTSIDE)  # chooses a network; a datagram socket sends nothing by it
            address = str(probe.getsockname()[0])
    except OSError:
        return ""
    return "" if is_ours(address) else address


def is_ours(host: str) -> bool:
    """Whether an address is reached from its own machine alone."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
