"""How much of the world a list of ranges opens something to."""

from ipaddress import IPv4Network, collapse_addresses

LARGEST_OPENING = 8
PRIVATE = [IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


def much_of_the_world(cidrs: list[str]) -> str:
    """
    Returns what of these ranges is more than a /8 altogether, in words; empty where it is not.

    + cidrs: IPv4 ranges; what is private counts for nothing, and what is in two of them once
    """
    public = [network for network in map(IPv4Network, cidrs) if not any(network.subnet_of(private) for private in PRIVATE)]
    if wide := next((network for network in public if network.prefixlen < LARGEST_OPENING), None):
        return str(wide)
    addresses = sum(network.num_addresses for network in collapse_addresses(public))
    return f"{len(public)} ranges of {addresses:,} addresses" if addresses > 2 ** (32 - LARGEST_OPENING) else ""
