"""A container's environment variables, in the order and with the errors of a kubelet."""

import re

from sandbox.node.containers.fields import field, resource
from sandbox.node.containers.references import ConfigError, read

REFERENCE = re.compile(r"\$\$|\$\(([-._a-zA-Z0-9]+)\)")


def environment(cluster, pod: dict, container: dict, address: str) -> dict[str, str]:
    """
    The variables that the pod's spec gives a container, Services first. Raises ConfigError.

    + cluster: what the API server says (``node.cluster``)
    + address: of the pod
    """
    namespace = pod["metadata"]["namespace"]
    found = services(cluster, namespace) if pod["spec"].get("enableServiceLinks", True) else services(cluster, None)
    for source in container.get("envFrom") or ():
        kind = "secrets" if "secretRef" in source else "configmaps"
        reference = source.get("secretRef") or source["configMapRef"]
        data = read(cluster, kind, namespace, reference["name"], reference.get("optional", False))
        found |= {source.get("prefix", "") + name: value.decode() for name, value in data.items()}
    for variable in container.get("env") or ():
        value = _value(cluster, pod, container, address, variable, found)
        if value is not None:
            found[variable["name"]] = value
    return found


def expand(text: str, variables: dict[str, str]) -> str:
    """Put variables in the place of their $(NAME); $$ is a $, and an unknown name stays as it is."""
    return REFERENCE.sub(lambda match: "$" if match[0] == "$$" else variables.get(match[1], match[0]), text)


def services(cluster, namespace: str | None) -> dict[str, str]:
    """The variables of each Service of a namespace, and of the API server."""
    found = {}
    for (where, name), service in sorted(cluster.all("services").items()):
        address = service["spec"].get("clusterIP")
        if address in (None, "", "None") or where != namespace and (where, name) != ("default", "kubernetes"):
            continue
        prefix, ports = name.upper().replace("-", "_"), service["spec"].get("ports") or []
        if not ports:
            continue
        found |= {f"{prefix}_SERVICE_HOST": address, f"{prefix}_SERVICE_PORT": str(ports[0]["port"])}
        found |= {f"{prefix}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}": str(port["port"]) for port in ports if port.get("name")}
        first = ports[0]
        found[f"{prefix}_PORT"] = f"{first.get('protocol', 'TCP').lower()}://{address}:{first['port']}"
        for port in ports:
            protocol, number = port.get("protocol", "TCP"), port["port"]
            each = f"{prefix}_PORT_{number}_{protocol}"
            found |= {each: f"{protocol.lower()}://{address}:{number}", f"{each}_PROTO": protocol.lower()}
            found |= {f"{each}_PORT": str(number), f"{each}_ADDR": address}
    return found


def _value(cluster, pod: dict, container: dict, address: str, variable: dict, known: dict[str, str]) -> str | None:
    source = variable.get("valueFrom") or {}
    for kind, title, at in (("secrets", "Secret", "secretKeyRef"), ("configmaps", "ConfigMap", "configMapKeyRef")):
        if reference := source.get(at):
            optional, namespace = reference.get("optional", False), pod["metadata"]["namespace"]
            data = read(cluster, kind, namespace, reference["name"], optional)
            if reference["key"] in data:
                return data[reference["key"]].decode()
            if optional:
                return None
            raise ConfigError(f"couldn't find key {reference['key']} in {title} {namespace}/{reference['name']}")
    if "fieldRef" in source:
        return field(cluster, pod, source["fieldRef"]["fieldPath"], address)
    if "resourceFieldRef" in source:
        return resource(cluster, pod, container, source["resourceFieldRef"])
    return expand(variable.get("value") or "", known)
