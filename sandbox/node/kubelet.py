"""The second process of the machine: network, DNS, Services and all pods, in one event loop."""

import asyncio
import logging
import socket
from pathlib import Path

from sandbox.kubernetes.api import Api
from sandbox.node.api import server
from sandbox.node.cluster import Cluster
from sandbox.node.identity import amazon, pod_identity
from sandbox.node.machine.client import Machine
from sandbox.node.network import addresses, dns, relays, tunnel
from sandbox.node.network.links import Links
from sandbox.node.network.names import Names
from sandbox.node.network.outside import Outside
from sandbox.node.network.services import Services
from sandbox.node.pods.node import Node
from sandbox.node.settings import Settings

log = logging.getLogger(__name__)
SETTLE = 0.2
"""How long changes of Services are gathered (seconds)."""


def main(channel: socket.socket) -> None:
    """Run until the machine ends; the working directory is the node's."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    asyncio.run(run(channel, Settings.read(Path()), Path.cwd()))


async def run(channel: socket.socket, settings: Settings, directory: Path) -> None:
    links = Links()
    await links.make()
    await asyncio.start_server(relays.to(relays.socket("kubernetes.sock")), addresses.KUBERNETES, 443)
    api = Api(Path(settings.kubeconfig))
    api.server = f"https://{addresses.KUBERNETES}:443"
    node = Node(settings, directory, api, Machine(channel), links)
    services = Services(ours=lambda address: address in node.addresses)
    names = Names(services.addresses, services.address_of)
    names.give("kubernetes.default.svc.cluster.local", addresses.KUBERNETES)
    await dns.serve(names, addresses.DNS)
    await amazon.serve(addresses.AWS)
    await pod_identity.serve(addresses.POD_IDENTITY, settings.cluster, settings.region)
    await server.serve(node, Path("kubelet.crt"))
    await tunnel.serve(lambda host, port: _reach(names, host, port))
    changed = asyncio.Event()

    def hear(kind: str, change: str, thing: dict) -> None:
        if kind in ("services", "endpointslices"):
            known = services.services if kind == "services" else services.slices
            key = thing["metadata"]["namespace"], thing["metadata"]["name"]
            known.pop(key, None) if change == "DELETED" else known.update({key: thing})
            changed.set()
        node.hear(kind, change, thing)

    node.cluster = Cluster(api, settings.namespaces, hear)
    await node.cluster.start()
    log.warning("the node of cluster %s is up", settings.cluster)
    await asyncio.gather(node.keep_fresh(), Outside(links, names, amazon.told_outside).keep(), _settle(services, changed))


async def _settle(services: Services, changed: asyncio.Event) -> None:
    while True:
        await changed.wait()
        changed.clear()
        await services.settle()
        await asyncio.sleep(SETTLE)


def _reach(names: Names, host: str, port: int):
    """A connection of the world outside: to a kubelet, or to a pod or Service by address or name."""
    if port == server.PORT:
        return asyncio.open_unix_connection(server.SOCKET)
    found = names.look_up(host) if host.strip("0123456789.") else [host]
    if not found:
        raise ConnectionRefusedError(f"no such host: {host}")
    return asyncio.open_connection(found[0], port)
