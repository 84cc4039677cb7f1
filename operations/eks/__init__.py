"""Operations on EKS: the cluster, who may speak to it, its add-ons, its nodes and the roles of its pods."""

from operations.eks.access import access_entry
from operations.eks.addons import addon, addon_active
from operations.eks.clusters import cluster, cluster_active
from operations.eks.insights import insights
from operations.eks.nodegroups import nodegroup, nodegroup_active
from operations.eks.pods import pod_identity

__all__ = ["access_entry", "addon", "addon_active", "cluster", "cluster_active", "insights", "nodegroup", "nodegroup_active", "pod_identity"]
