"""The machine's bridge, and one pair of interfaces for each pod."""

import asyncio
import ipaddress
import itertools
from concurrent.futures import ThreadPoolExecutor

from pyroute2 import IPRoute

from sandbox.node.network import addresses

LENGTH = ipaddress.ip_network(addresses.NETWORK).prefixlen


class Links:
    """The interfaces of the machine's own network namespace. pyroute2 has an event loop of its own: it is called in one other thread."""

    def __init__(self):
        self._thread = ThreadPoolExecutor(1, "links")
        self._addresses = _all(addresses.FIRST_POD, addresses.LAST_POD)
        self._outside = _all(addresses.FIRST_OUTSIDE, addresses.LAST_OUTSIDE)

    async def make(self) -> None:
        """Make the bridge, and have all addresses of Services and of AWS be the machine's own."""
        await self._call(self._make)

    async def add_pod(self, network: str) -> str:
        """
        Give a pod an address of its own; answers it.

        + network: path of its network namespace
        """
        address = next(self._addresses)
        await self._call(self._add_pod, network, address)
        return address

    async def add_outside(self) -> str:
        """An address of the machine for something beside the cluster, to listen on."""
        address = next(self._outside)
        await self._call(self._listen_on, address)
        return address

    async def _call(self, work, *arguments) -> None:
        def run() -> None:
            with IPRoute() as route:
                work(route, *arguments)

        await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _make(self, route: IPRoute) -> None:
        lo = _up(route, "lo")
        route.link("add", ifname="br0", kind="bridge")
        route.addr("add", index=_index(route, "br0"), address=addresses.GATEWAY, prefixlen=LENGTH)
        _up(route, "br0")
        route.route("add", dst=addresses.CLUSTER, oif=lo, type="local", table=255, scope="host")
        for address in (addresses.AWS, addresses.POD_IDENTITY):
            self._listen_on(route, address)

    def _add_pod(self, route: IPRoute, network: str, address: str) -> None:
        name = f"veth{int(ipaddress.ip_address(address)) & 0xFFFF:04x}"
        with open(network) as namespace:
            route.link("add", ifname=name, kind="veth", peer={"ifname": "eth0", "net_ns_fd": namespace.fileno()})
        route.link("set", index=_index(route, name), master=_index(route, "br0"), state="up")
        with IPRoute(netns=network) as inside:
            _up(inside, "lo")
            inside.addr("add", index=_up(inside, "eth0"), address=address, prefixlen=LENGTH)
            inside.route("add", dst="default", gateway=addresses.GATEWAY)

    def _listen_on(self, route: IPRoute, address: str) -> None:
        route.addr("add", index=_index(route, "lo"), address=address, prefixlen=32)


def _index(route: IPRoute, name: str) -> int:
    return route.link_lookup(ifname=name)[0]


def _up(route: IPRoute, name: str) -> int:
    route.link("set", index=_index(route, name), state="up")
    return _index(route, name)


def _all(first: str, last: str):
    """The addresses of a range, again and again: the ones that were let go come around."""
    start, end = int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last))
    return (str(ipaddress.ip_address(number)) for number in itertools.cycle(range(start, end + 1)))
