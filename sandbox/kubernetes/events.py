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
    metadata = about["metadata"]
    namespace = metadata.get("namespace", "default")
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    kind = "PersistentVolumeClaim" if "namespace" in metadata else "PersistentVolume"
    api.create(
        f"/api/v1/namespaces/{namespace}/events",
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{metadata['name']}.", "namespace": namespace},
            "involvedObject": {
                "apiVersion": "v1",
                "kind": about.get("kind", kind),
                "namespace": metadata.get("namespace"),
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "type": "Warning",
            "reason": reason,
            "message": message[:1000],
            "source": {"component": component},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        },
    )
