"""
What kube-proxy does: the ClusterIP of a Service leads to its ready endpoints, and refuses where there is none.

Endpoints that are no process of the machine (kwok's pods) are none.
"""

import asyncio
import contextlib
import logging
import random
from dataclasses import dataclass, field

from sandbox.node.network import relays

log = logging.getLogger(__name__)
Key = tuple[str, str]


@dataclass
class Endpoint:
    address: str
    ready: bool
    ports: dict[str, int]
    hostname: str = ""


@dataclass
class Listener:
    """What listens on one port of a ClusterIP."""

    close: object
    service: Key


@dataclass
class Services:
    """
    The Services and their endpoints, as they were told last.

    + ours: whether an address is that of a pod of the machine
    """

    ours: object
    services: dict[Key, dict] = field(default_factory=dict)
    slices: dict[Key, dict] = field(default_factory=dict)
    listening: dict[tuple[str, int, str], Listener] = field(default_factory=dict)

    def endpoints(self, service: Key) -> list[Endpoint]:
        """All endpoints of a Service that are processes, ready or not."""
        found = []
        for (namespace, _), piece in self.slices.items():
            if (namespace, piece["metadata"].get("labels", {}).get("kubernetes.io/service-name")) != service:
                continue
            ports = {port.get("name") or "": port["port"] for port in piece.get("ports") or ()}
            for endpoint in piece.get("endpoints") or ():
                ready = (endpoint.get("conditions") or {}).get("ready") is not False
                found += [Endpoint(address, ready, ports, endpoint.get("hostname", "")) for address in endpoint["addresses"] if self.ours(address)]
        return found

    def addresses(self, namespace: str, name: str) -> list[str] | None:
        """What DNS answers: the ClusterIP, or for a headless Service its endpoints that are ready (all, if it says so)."""
        service = self.services.get((namespace, name))
        if service is None:
            return None
        if service["spec"].get("clusterIP") not in (None, "", "None"):
            return [service["spec"]["clusterIP"]]
        unready = service["spec"].get("publishNotReadyAddresses")
        return [endpoint.address for endpoint in self.endpoints((namespace, name)) if endpoint.ready or unready] or None

    def address_of(self, namespace: str, name: str, hostname: str) -> str | None:
        """The address of one endpoint of a headless Service, by its host name."""
        return next((endpoint.address for endpoint in self.endpoints((namespace, name)) if endpoint.hostname == hostname), None)

    def target(self, service: Key, port: dict) -> tuple[str, int]:
        """One of the ready endpoints. Raises ConnectionRefusedError where there is none."""
        name = port.get("name") or ""
        ready = [endpoint for endpoint in self.endpoints(service) if endpoint.ready and name in endpoint.ports]
        if not ready:
            raise ConnectionRefusedError(f"service {'/'.join(service)} has no ready endpoint")
        chosen = random.choice(ready)
        return chosen.address, chosen.ports[name]

    async def settle(self) -> None:
        """Listen on exactly the ports of the Services that have a ready endpoint."""
        wanted = {}
        for key, service in self.services.items():
            address = service["spec"].get("clusterIP")
            for port in service["spec"].get("ports") or () if address not in (None, "", "None") else ():
                with contextlib.suppress(ConnectionRefusedError):
                    self.target(key, port)
                    wanted[address, port["port"], port.get("protocol", "TCP")] = key, port
        for place in self.listening.keys() - wanted.keys():
            self.listening.pop(place).close()
        for place in wanted.keys() - self.listening.keys():
            try:
                self.listening[place] = Listener(await self._listen(*place, *wanted[place]), wanted[place][0])
            except OSError as error:
                log.warning("service %s: %s", "/".join(wanted[place][0]), error)

    async def _listen(self, address: str, number: int, protocol: str, service: Key, port: dict):
        if protocol == "UDP":
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(lambda: _Forward(lambda: self.target(service, port)), local_addr=(address, number))
            return transport.close
        server = await asyncio.start_server(relays.to(lambda: asyncio.open_connection(*self.target(service, port))), address, number)
        return server.close


class _Forward(asyncio.DatagramProtocol):
    """Datagrams one way, which is all that statsd needs."""

    def __init__(self, target):
        self._target = target

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender) -> None:
        with contextlib.suppress(OSError):
            self._transport.sendto(data, self._target())
