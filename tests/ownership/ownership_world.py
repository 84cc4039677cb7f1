"""The settings and kinds that the tests of ownership look at."""

CLUSTERS_OWN = ("helm.", "k8s.")
"""What is in the cluster, where labels say whose it is."""


def everything(name):
    """The settings of a deployment that declares every kind."""
    return {
        "account_id": "123456789012",
        "region": "us-west-2",
        "endpoint_public_cidrs": ["52.94.76.10/32"],
        "domain": f"airflow.{name}.example.com",
        "admins": [f"arn:aws:iam::123456789012:role/{name}-admin"],
        "enable_airflow_spark_example": True,
        "enable_spark_history_server": True,
    }
