"""What the names in the machine stand for, as CoreDNS and the VPC's resolver would answer."""

from sandbox.node.network import addresses

DOMAIN = "cluster.local"


class Names:
    """
    Names and their addresses; all in lower case, without a dot at the end.

    + services: namespace and name of a Service -> its addresses for DNS, or ``None`` where there is no such Service
    + pods: namespace, Service, host name -> the address of that endpoint of the Service, or ``None``
    """

    def __init__(self, services, pods):
        self._services, self._pods = services, pods
        self._exact: dict[str, str] = {}
        self._suffixes: dict[str, str] = {".amazonaws.com": addresses.AWS}

    def give(self, name: str, address: str) -> None:
        """Have a name of the world outside resolve to an address; one that starts with a dot stands for all below it."""
        (self._suffixes if name.startswith(".") else self._exact)[name.lower()] = address

    def take(self, name: str) -> None:
        """Have a name that was given resolve no more."""
        self._exact.pop(name.lower(), None)

    def look_up(self, name: str) -> list[str] | None:
        """The addresses of a name; ``None`` where there is no such name."""
        name = name.lower().rstrip(".")
        if name in self._exact:
            return [self._exact[name]]
        if name.endswith(f".svc.{DOMAIN}"):
            return self._look_up_service(name.removesuffix(f".svc.{DOMAIN}").split("."))
        for suffix, address in self._suffixes.items():
            if name.endswith(suffix):
                return [address]
        return None

    def _look_up_service(self, labels: list[str]) -> list[str] | None:
        if len(labels) == 2:
            return self._services(labels[1], labels[0])
        if len(labels) == 3:
            found = self._pods(labels[2], labels[1], labels[0])
            return [found] if found else None
        return None
