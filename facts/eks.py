"""Facts about EKS: the cluster, who may speak to it, its add-ons and its nodes."""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.command import AwsCall, AwsEach
from connectors.commands.reference import DEPLOYMENT_TAG
from facts.aws import AwsFact

MISSING = ("ResourceNotFoundException",)
NO_ENTRIES = (*MISSING, "InvalidRequestException")
"""A cluster that is still being made has no access entries to list."""


class _Owned(AwsFact):
    """Of what EKS lists by name only, the names of what carries the deployment's tag: ``of`` which part of each answer, ``each`` its name."""

    of = each = ""

    def process(self, output):
        self.pick = f"[?{self.of}.tags.\"{DEPLOYMENT_TAG}\"=='{host.data.deployment}'].{self.each}"
        return super().process(output)


class Cluster(AwsFact):
    """
    Returns the cluster, or ``None``: ``status``, ``version``, ``endpoint``, ``resourcesVpcConfig``, ``logging``, ``tags``, ...

    + cluster: its name

    .. code:: python

        {"name": "airflow-dev", "status": "ACTIVE", "version": "1.36", "resourcesVpcConfig": {"clusterSecurityGroupId": "sg-0a1b", ...}, ...}
    """

    pick = "cluster"

    def command(self, cluster):
        return AwsCall("eks", "describe_cluster", missing=MISSING, name=cluster)


class ClusterVersions(AwsFact):
    """
    Returns the Kubernetes versions EKS offers: ``clusterVersion``, ``versionStatus``, ``endOfStandardSupportDate``.
    """

    pick = "clusterVersions"

    def command(self):
        return AwsCall("eks", "describe_cluster_versions")


class Insights(AwsFact):
    """
    Returns what EKS found when it last looked whether a cluster can go to a version: ``name``, ``insightStatus``, ``lastRefreshTime``.

    + cluster: its name
    + category: ``UPGRADE_READINESS`` or ``ROLLBACK_READINESS``
    + version: the Kubernetes version

    .. code:: python

        [{"name": "Kubelet version skew", "insightStatus": {"status": "PASSING", "reason": "..."}, "lastRefreshTime": "2026-11-27T10:00:00+00:00", ...}]
    """

    pick = "insights"

    def command(self, cluster, category, version):
        return AwsCall("eks", "list_insights", missing=MISSING, clusterName=cluster, filter={"categories": [category], "kubernetesVersions": [version]})


class LastUpgrade(AwsFact):
    """
    Returns the last change of a cluster's version, or ``None``: ``id``, ``type``, ``status``, ``createdAt``, ``params``.

    + cluster: its name

    .. code:: python

        {"id": "0a1b", "type": "VersionUpdate", "status": "Successful", "createdAt": "2026-11-27T10:00:00+00:00", ...}
    """

    pick = "max_by([].update | [?(type=='VersionUpdate' || type=='VersionRollback') && contains(['Successful', 'InProgress'], status)], &createdAt)"

    def command(self, cluster):
        return AwsEach(
            AwsCall("eks", "list_updates", missing=MISSING, name=cluster),
            "updateIds[].{updateId: @}",
            AwsCall("eks", "describe_update", missing=MISSING, name=cluster),
        )


class AccessEntry(AwsFact):
    """
    Returns a principal's access entry, or ``None``: ``type``, ``kubernetesGroups``, ``username``, ``accessEntryArn``, ``tags``.

    + access_entry: ARN of the principal
    + cluster: name of the cluster
    """

    pick = "accessEntry"

    def command(self, access_entry, cluster):
        return AwsCall("eks", "describe_access_entry", missing=MISSING, clusterName=cluster, principalArn=access_entry)


class AccessPolicies(AwsFact):
    """
    Returns the access policies of a principal, or ``None``: ``policyArn``, ``accessScope``.

    + access_entry: ARN of the principal
    + cluster: name of the cluster
    """

    pick = "associatedAccessPolicies"

    def command(self, access_entry, cluster):
        return AwsCall("eks", "list_associated_access_policies", missing=MISSING, clusterName=cluster, principalArn=access_entry)


class AccessEntryNames(_Owned):
    """
    Returns the principals whose access entries carry our tag: not those EKS makes for node groups and for the cluster's creator.

    + cluster: name of the cluster
    """

    of, each = "accessEntry", "accessEntry.principalArn"

    def command(self, cluster):
        return AwsEach(
            AwsCall("eks", "list_access_entries", missing=NO_ENTRIES, clusterName=cluster),
            "accessEntries[].{principalArn: @}",
            AwsCall("eks", "describe_access_entry", missing=MISSING, clusterName=cluster),
        )


class Addon(AwsFact):
    """
    Returns an add-on, or ``None``: ``status``, ``addonVersion``, ``configurationValues``, ``health``, ``addonArn``, ``tags``.

    + addon: its name
    + cluster: name of the cluster
    """

    pick = "addon"

    def command(self, addon, cluster):
        return AwsCall("eks", "describe_addon", missing=MISSING, clusterName=cluster, addonName=addon)


class AddonVersions(AwsFact):
    """
    Returns the versions of an add-on for a Kubernetes version, or ``None``: ``addonVersion``, ``compatibilities``. All that need no subscription
    come in one read.

    + addon: its name
    + kubernetes: the Kubernetes version
    """

    def command(self, addon, kubernetes):
        self.pick = f"addons[?addonName=='{addon}'] | [0].addonVersions"
        unknown = ("InvalidParameterException",)
        return AwsCall("eks", "describe_addon_versions", missing=unknown, kubernetesVersion=kubernetes, owners=["aws", "community"])


class AddonNames(_Owned):
    """
    Returns the names of the add-ons that carry our tag.

    + cluster: name of the cluster
    """

    of, each = "addon", "addon.addonName"

    def command(self, cluster):
        return AwsEach(
            AwsCall("eks", "list_addons", missing=MISSING, clusterName=cluster),
            "addons[].{addonName: @}",
            AwsCall("eks", "describe_addon", missing=MISSING, clusterName=cluster),
        )


class Nodegroup(AwsFact):
    """
    Returns a node group, or ``None``: ``status``, ``version``, ``scalingConfig``, ``labels``, ``taints``, ``launchTemplate``, ``health``, ...

    + nodegroup: its name
    + cluster: name of the cluster
    """

    pick = "nodegroup"

    def command(self, nodegroup, cluster):
        return AwsCall("eks", "describe_nodegroup", missing=MISSING, clusterName=cluster, nodegroupName=nodegroup)


class NodegroupNames(_Owned):
    """
    Returns the names of the node groups that carry our tag.

    + cluster: name of the cluster
    """

    of, each = "nodegroup", "nodegroup.nodegroupName"

    def command(self, cluster):
        return AwsEach(
            AwsCall("eks", "list_nodegroups", missing=MISSING, clusterName=cluster),
            "nodegroups[].{nodegroupName: @}",
            AwsCall("eks", "describe_nodegroup", missing=MISSING, clusterName=cluster),
        )


class PodIdentity(AwsFact):
    """
    Returns the pod identity association of a service account, or ``None``: ``associationId``, ``roleArn``, ``tags``.

    + pod_identity: ``<namespace>/<service account>``
    + cluster: name of the cluster
    """

    pick = "[0].association"

    def command(self, pod_identity, cluster):
        namespace, _, account = pod_identity.partition("/")
        return AwsEach(
            AwsCall("eks", "list_pod_identity_associations", about=pod_identity, missing=MISSING, clusterName=cluster),
            f"associations[?namespace=='{namespace}' && serviceAccount=='{account}'].{{associationId: associationId}}",
            AwsCall("eks", "describe_pod_identity_association", missing=MISSING, clusterName=cluster),
        )


class PodIdentityNames(_Owned):
    """
    Returns the ``<namespace>/<service account>`` of the pod identity associations that carry our tag.

    + cluster: name of the cluster
    """

    of, each = "association", "association.join('/', [namespace, serviceAccount])"

    def command(self, cluster):
        return AwsEach(
            AwsCall("eks", "list_pod_identity_associations", missing=MISSING, clusterName=cluster),
            "associations[].{associationId: associationId}",
            AwsCall("eks", "describe_pod_identity_association", missing=MISSING, clusterName=cluster),
        )
