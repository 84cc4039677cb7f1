"""The services of AWS that nodes and pods call: what a network without a way out needs endpoints of."""

ALWAYS = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticfilesystem", "s3", "secretsmanager", "sts")
"""vpc-cni and the EBS driver, images, nodes that join, Pod Identity, the EFS driver, task logs, Airflow's secrets, tokens."""

SWITCHED = {
    "enable_amazon_prometheus": ("aps-workspaces",),
    "enable_aws_cloudwatch_metrics": ("logs", "monitoring"),
    "enable_aws_for_fluentbit": ("logs",),
    "enable_aws_load_balancer_controller": ("elasticloadbalancing",),
    "enable_cluster_autoscaler": ("autoscaling",),
    "enable_karpenter": ("sqs", "ssm"),
    "enable_kube_prometheus_stack": ("monitoring",),
}
"""
What a part that is switched on calls besides.

Source: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html, https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters
"""
