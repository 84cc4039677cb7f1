"""The Prometheus operator: a StatefulSet and its headless Service for each Prometheus and Alertmanager."""

from sandbox.kubernetes.loop import Loop

GROUP = "monitoring.coreos.com/v1"
LABELS = "app.kubernetes.io/component=prometheus-operator"
KINDS = {"prometheuses": "Prometheus", "alertmanagers": "Alertmanager"}
PORTS = {"Prometheus": 9090, "Alertmanager": 9093}
OF_PODS = ("serviceAccountName", "nodeSelector", "tolerations", "affinity", "priorityClassName", "securityContext", "topologySpreadConstraints")
"""What a resource says of its pods as a pod's own spec would."""


class PrometheusOperator(Loop):
    """Makes what the resources of now want, and makes it again when they change; what they own goes with them."""

    def __init__(self, *given):
        super().__init__(*given)
        self._made: dict[str, int] = {}

    def step(self) -> None:
        if not self.ready(LABELS):
            return
        for plural, kind in KINDS.items():
            for resource in self._api.items(f"/apis/{GROUP}/{plural}"):
                metadata = resource["metadata"]
                if "deletionTimestamp" not in metadata and self._made.get(metadata["uid"]) != metadata["generation"]:
                    self._api.apply(governing_service(kind, resource))
                    self._api.apply(stateful_set(kind, resource))
                    self._made[metadata["uid"]] = metadata["generation"]


def stateful_set(kind: str, resource: dict) -> dict:
    """The StatefulSet, with what decides where its pods and volumes are."""
    part, metadata, spec = kind.lower(), resource["metadata"], resource["spec"]
    name = f"{part}-{metadata['name']}"
    labels = {"app.kubernetes.io/name": part, "app.kubernetes.io/instance": metadata["name"], part: metadata["name"]}
    port = {"name": spec.get("portName", "web"), "containerPort": PORTS[kind]}
    container = {"name": part, "image": spec["image"], "ports": [port], "resources": spec.get("resources", {})}
    claim = spec.get("storage", {}).get("volumeClaimTemplate")
    if claim:
        container["volumeMounts"] = [{"name": f"{name}-db", "mountPath": f"/{part}"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": _owned(kind, resource, name),
        "spec": {
            "replicas": spec.get("replicas", 1),
            "serviceName": f"{part}-operated",
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {**{field: spec[field] for field in OF_PODS if field in spec}, "containers": [container]},
            },
            "volumeClaimTemplates": [{"metadata": {"name": f"{name}-db"}, "spec": claim["spec"]}] if claim else [],
        },
    }


def governing_service(kind: str, resource: dict) -> dict:
    """The headless Service that its pods are named in."""
    part = kind.lower()
    port = {"name": resource["spec"].get("portName", "web"), "port": PORTS[kind], "targetPort": PORTS[kind]}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _owned(kind, resource, f"{part}-operated"),
        "spec": {"clusterIP": "None", "selector": {"app.kubernetes.io/name": part}, "ports": [port]},
    }


def _owned(kind: str, resource: dict, name: str) -> dict:
    metadata = resource["metadata"]
    owner = {"apiVersion": GROUP, "kind": kind, "name": metadata["name"], "uid": metadata["uid"], "controller": True, "blockOwnerDeletion": True}
    return {
        "name": name,
        "namespace": metadata["namespace"],
        "labels": {"app.kubernetes.io/managed-by": "prometheus-operator"},
        "ownerReferences": [owner],
    }
