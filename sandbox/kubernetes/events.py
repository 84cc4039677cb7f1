"""Events, which ``kubectl describe`` shows under the object they are about."""

from datetime import datetime, timezone

from sandbox.kubernetes.api import Api


def warn(api: Api, about: dict, reason: str, message: str, component: str) -> None:
    """
    Record a Warning about an object.

    + about: the object; its kind may be missing where it comes from a list
    + reason: one CamelCase word
    + component: who says so
    """
    record(api, about, "Warning", reason, message, {"component": component})


def record(api: Api, about: dict, kind: str, reason: str, message: str, source: dict, part: str | None = None) -> dict:
    """
    Record an event; answers it.

    + about: the object; its kind may be missing where it comes from a list
    + kind: `Normal` or `Warning`
    + source: who says so: `component`, and `host` where it is a node's
    + part: of the object, as `spec.containers{scheduler}`
    """
    metadata = about["metadata"]
    namespace = metadata.get("namespace", "default")
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    involved = {
        "apiVersion": "v1",
        "kind": about.get("kind", "PersistentVolumeClaim" if "namespace" in metadata else "PersistentVolume"),
        "namespace": metadata.get("namespace"),
        "name": metadata["name"],
        "uid": metadata["uid"],
        **({"fieldPath": part} if part else {}),
    }
    return api.create(
        f"/api/v1/namespaces/{namespace}/events",
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{metadata['name']}.", "namespace": namespace},
            "involvedObject": involved,
            "type": kind,
            "reason": reason,
            "message": message[:1000],
            "source": source,
            "reportingComponent": source["component"],
            "reportingInstance": source.get("host", ""),
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        },
    )
