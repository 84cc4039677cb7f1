"""What tags may say, so that every service, driver and controller that is handed them takes them."""

import re

MOST = 40
RESERVED = {
    "aws:": "AWS",
    "eks:": "EKS",
    "airflow-on-eks/": "this project",
    "karpenter.sh/": "Karpenter",
    "karpenter.k8s.aws/": "Karpenter",
    "kubernetes.io/": "Kubernetes",
    "k8s.io/": "Cluster Autoscaler",
    "ebs.csi.aws.com/": "the EBS driver",
    "efs.csi.aws.com/": "the EFS driver",
    "elbv2.k8s.aws/": "the load balancer controller",
    "ingress.k8s.aws/": "the load balancer controller",
    "service.k8s.aws/": "the load balancer controller",
    "csivolumename": "the EBS driver",
}
"""
Whose keys begin with this, in any case. Source: https://karpenter.sh/docs/concepts/nodeclasses/ (spec.tags),
https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md, https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/
"""

LETTERS = r"[\w .:/+@=-]"
"""
What IAM takes in keys and values; a comma separates the load balancer controller's and ``=`` the EBS driver's, which split at the first.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""


def check_tags(tags: dict[str, str]) -> None:
    """Raises ValueError, with what was wanted, for tags that somebody down the line refuses or uses himself."""
    for key, content in tags.items():
        if whose := next((owner for prefix, owner in RESERVED.items() if key.lower().startswith(prefix)), None):
            raise ValueError(f"wanted other keys than {key}, which is kept for {whose}")
        if key.lower() == "name":
            raise ValueError(f"wanted other keys than {key}, by which things are found")
        if not 1 <= len(key) <= 128 or len(content) > 256:
            raise ValueError("wanted keys of 1 to 128 and values of at most 256 characters")
        if "=" in key or not re.fullmatch(f"{LETTERS}+", key) or not re.fullmatch(f"{LETTERS}*", content) or (key + content) != (key.strip() + content.strip()):
            raise ValueError(f"wanted letters, digits, spaces within and _ . : / + - @ in {key} and its value (= in the value alone)")
    if len({key.lower() for key in tags}) < len(tags):
        raise ValueError("wanted keys that differ in more than their case, which IAM does not tell apart")
    if len(tags) > MOST:
        raise ValueError(f"wanted at most {MOST} tags")
