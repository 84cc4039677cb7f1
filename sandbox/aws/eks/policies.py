"""EKS's access policies, and the Kubernetes group that stands for each."""

PREFIX = "arn:aws:eks::aws:cluster-access-policy/"

policies = {
    "AmazonEKSAdminPolicy": "eks:access:admin",
    "AmazonEKSAdminViewPolicy": "eks:access:admin-view",
    "AmazonEKSAutoNodePolicy": None,
    "AmazonEKSBlockStorageClusterPolicy": None,
    "AmazonEKSBlockStoragePolicy": None,
    "AmazonEKSClusterAdminPolicy": "eks:access:cluster-admin",
    "AmazonEKSClusterInsightsPolicy": None,
    "AmazonEKSComputeClusterPolicy": None,
    "AmazonEKSComputePolicy": None,
    "AmazonEKSEditPolicy": "eks:access:edit",
    "AmazonEKSLoadBalancingClusterPolicy": None,
    "AmazonEKSLoadBalancingPolicy": None,
    "AmazonEKSNetworkingClusterPolicy": None,
    "AmazonEKSNetworkingPolicy": None,
    "AmazonEKSViewPolicy": "eks:access:view",
}
