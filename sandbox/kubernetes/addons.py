"""
EKS's add-ons as workloads of the names AWS gives them: ``addons/<add-on>.yaml``, applied server-side.

The controllers inside them do not run. What depends on them in the sandbox looks at these workloads: volumes are made only
while the CSI drivers' controllers are ready.
"""

from pathlib import Path
from string import Template

import yaml

from sandbox.kubernetes.addon_configuration import configured
from sandbox.kubernetes.api import Api, path_of
from sandbox.kubernetes.manifests import HERE

WORKLOADS = ("Deployment", "DaemonSet")


class UnknownAddon(Exception):
    """An add-on that the sandbox has no manifests of: its name, and those that it has."""


def names() -> list[str]:
    """The add-ons that can be installed."""
    return sorted(file.stem for file in (HERE / "addons").glob("*.yaml"))


def install(kubeconfig: Path, addon: str, version: str, configuration: dict | None = None, role_arn: str | None = None) -> None:
    """
    Install an add-on, or bring it to this version and configuration.

    + addon: its name in EKS: ``vpc-cni``
    + version: ``v1.20.4-eksbuild.2``
    + configuration: its configuration values (of create_addon's JSON or YAML); those about replicas, scheduling, resources,
      labels and CloudWatch's container logs act
    + role_arn: of the service account (``serviceAccountRoleArn``)

    Raises UnknownAddon and ApiError. Does not wait: see ``health``.
    """
    manifests, api = _manifests(addon, version), Api(kubeconfig)
    wanted = configured(addon, manifests, configuration or {}, role_arn)
    kept = {path_of(manifest) for manifest in wanted}
    for manifest in reversed(manifests):
        if path_of(manifest) not in kept:
            api.delete(path_of(manifest))
    for manifest in wanted:
        api.apply(manifest)


def remove(kubeconfig: Path, addon: str) -> None:
    """Remove what an add-on consists of; what is gone already is passed over. Raises UnknownAddon and ApiError."""
    api = Api(kubeconfig)
    for manifest in reversed(_manifests(addon, "none")):
        api.delete(path_of(manifest))


def health(kubeconfig: Path, addon: str) -> list[dict]:
    """
    What is wrong with an installed add-on, as describe_addon's ``health.issues``; EKS calls it DEGRADED unless empty.

    A DaemonSet on no node is well, a Deployment without its replicas is not.
    """
    api, short = Api(kubeconfig), []
    for manifest in _manifests(addon, "none"):
        if manifest["kind"] in WORKLOADS:
            now = api.get(path_of(manifest))
            if now and _missing_replicas(now):
                short.append(manifest["metadata"]["name"])
    if not short:
        return []
    message = "The add-on is unhealthy because it doesn't have the desired number of replicas."
    return [{"code": "InsufficientNumberOfReplicas", "message": message, "resourceIds": short}]


def _missing_replicas(workload: dict) -> bool:
    status = workload.get("status", {})
    if status.get("observedGeneration") != workload["metadata"]["generation"]:
        return True
    if workload["kind"] == "DaemonSet":
        return status.get("numberReady", 0) < status.get("desiredNumberScheduled", 0)
    return status.get("readyReplicas", 0) < workload["spec"].get("replicas", 1)


def _manifests(addon: str, version: str) -> list[dict]:
    if addon not in names():
        raise UnknownAddon(f"the sandbox has no add-on {addon}; it has {', '.join(names())}")
    text = Template((HERE / "addons" / f"{addon}.yaml").read_text()).substitute(version=version)
    return list(yaml.safe_load_all(text))
