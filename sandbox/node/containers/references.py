"""Secrets and ConfigMaps that a pod's spec refers to."""

import base64

TITLES = {"secrets": "secret", "configmaps": "configmap"}


class ConfigError(Exception):
    """What a container cannot be created without, in a kubelet's words."""


def read(cluster, kind: str, namespace: str, name: str, optional: bool = False) -> dict[str, bytes]:
    """
    The data of a Secret or a ConfigMap; nothing where it is missing and optional. Raises ConfigError.

    + kind: ``secrets`` or ``configmaps``
    """
    found = cluster.find(kind, namespace, name)
    if found is None:
        if optional:
            return {}
        raise ConfigError(f'{TITLES[kind]} "{name}" not found')
    data = found.get("data") or {}
    if kind == "secrets":
        return {key: base64.b64decode(value) for key, value in data.items()}
    binary = {key: base64.b64decode(value) for key, value in (found.get("binaryData") or {}).items()}
    return {key: value.encode() for key, value in data.items()} | binary


def pick(data: dict[str, bytes], items: list[dict] | None, what: str, optional: bool = False) -> dict[str, tuple[bytes, int | None]]:
    """
    The files of a volume: all keys, or the items' keys at their paths; each with the mode that its item gives.

    + what: names the source in the error
    """
    if items is None:
        return {key: (value, None) for key, value in data.items()}
    chosen = {}
    for item in items:
        if item["key"] in data:
            chosen[item["path"]] = data[item["key"]], item.get("mode")
        elif not optional:
            raise ConfigError(f"{what} references non-existent config key: {item['key']}")
    return chosen
