"""What is in the files of a Secret's, a ConfigMap's, a downward API's or a projected volume."""

from sandbox.node.containers.fields import field, resource
from sandbox.node.containers.references import pick, read
from sandbox.node.volumes.writer import Files

DEFAULT_MODE = 0o644
WRITTEN = ("configMap", "downwardAPI", "projected", "secret")


async def files(cluster, tokens, pod: dict, address: str, volume: dict) -> Files:
    """
    The files of a volume. Raises ConfigError.

    + tokens: who asks for the pod's tokens (``volumes.tokens``)
    + address: of the pod
    + volume: of the pod's spec, of one of the kinds WRITTEN
    """
    kind = next(name for name in WRITTEN if name in volume)
    source = volume[kind]
    mode = source.get("defaultMode", DEFAULT_MODE)
    found = {}
    for each in source["sources"] if kind == "projected" else [{kind: source}]:
        found |= await _one(cluster, tokens, pod, address, each)
    return {path: (content, given or mode) for path, (content, given) in found.items()}


async def _one(cluster, tokens, pod: dict, address: str, source: dict) -> dict[str, tuple[bytes, int | None]]:
    namespace = pod["metadata"]["namespace"]
    if "serviceAccountToken" in source:
        wanted = source["serviceAccountToken"]
        token = await tokens.get(pod, wanted.get("audience"), wanted.get("expirationSeconds", 3600))
        return {wanted["path"]: (token.encode(), 0o600)}
    if "downwardAPI" in source:
        return {item["path"]: (_downward(cluster, pod, address, item).encode(), item.get("mode")) for item in source["downwardAPI"].get("items") or ()}
    kind = "secrets" if "secret" in source else "configmaps"
    reference = source.get("secret") or source["configMap"]
    name, optional = reference.get("secretName") or reference["name"], reference.get("optional", False)
    return pick(read(cluster, kind, namespace, name, optional), reference.get("items"), name, optional)


def _downward(cluster, pod: dict, address: str, item: dict) -> str:
    if "fieldRef" in item:
        return field(cluster, pod, item["fieldRef"]["fieldPath"], address)
    return resource(cluster, pod, {}, item["resourceFieldRef"])
