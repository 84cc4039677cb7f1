"""What an add-on's configuration values change in its manifests."""

import copy

SCHEDULING = ("affinity", "nodeSelector", "tolerations", "topologySpreadConstraints", "priorityClassName")
PARTS = {  # the key in the configuration that holds a workload's values, where they are not on top
    "ebs-csi-controller": "controller",
    "ebs-csi-node": "node",
    "efs-csi-controller": "controller",
    "efs-csi-node": "node",
    "cloudwatch-agent": "agent",
    "fluent-bit": "containerLogs",
    "amazon-cloudwatch-observability-controller-manager": "manager",
}


def configured(addon: str, manifests: list[dict], values: dict, role_arn: str | None = None) -> list[dict]:
    """
    The manifests of an add-on with these configuration values, without those that they turn off.

    + manifests: all of the add-on's, left as they are
    + role_arn: of the service accounts
    """
    wanted = [copy.deepcopy(manifest) for manifest in manifests if not _off(manifest, values)]
    for manifest in wanted:
        if manifest["kind"] in ("Deployment", "DaemonSet"):
            part = PARTS.get(manifest["metadata"]["name"])
            _configure(manifest, {**values, **(values.get(part) or {})} if part else values)
        elif manifest["kind"] == "ServiceAccount" and role_arn:
            manifest["metadata"].setdefault("annotations", {})["eks.amazonaws.com/role-arn"] = role_arn
    return wanted


def _off(manifest: dict, values: dict) -> bool:
    logs = values.get("containerLogs") or {}
    return manifest["metadata"]["name"].startswith("fluent-bit") and logs.get("enabled", True) is False


def _configure(workload: dict, values: dict) -> None:
    template = workload["spec"]["template"]
    pod, container = template["spec"], template["spec"]["containers"][0]
    if workload["kind"] == "Deployment":
        scaling = values.get("autoScaling") or {}
        replicas = values.get("replicaCount") or workload["spec"]["replicas"]
        workload["spec"]["replicas"] = scaling.get("minReplicas", replicas) if scaling.get("enabled") else replicas
    for key in SCHEDULING:
        if values.get(key):
            pod[key] = values[key]
    if values.get("resources"):
        container["resources"] = values["resources"]
    if isinstance(values.get("env"), dict):
        given = {variable["name"]: variable for variable in container.get("env", [])}
        given.update({name: {"name": name, "value": str(value)} for name, value in values["env"].items()})
        container["env"] = list(given.values())
    for key, field in (("podLabels", "labels"), ("podAnnotations", "annotations")):
        if values.get(key):
            template["metadata"].setdefault(field, {}).update(values[key])
