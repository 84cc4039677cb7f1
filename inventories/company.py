deployments = [
    (
        "@eks/airflow-company",
        {
            "account_id": "000000000000",  # your account
            "protect": True,
            "tags": {"cost-center": "4711", "owner": "data-platform"},
            # what the company asks of every role
            "permissions_boundary": "arn:aws:iam::000000000000:policy/boundary",
            "iam_path": "/data-platform/",
            "kms_key_arn": "arn:aws:kms:us-west-2:000000000000:key/0a1b2c3d-0000-1111-2222-333344445555",
            "db_endpoint": "airflow.cluster-0a1b2c3d4e5f.us-west-2.rds.amazonaws.com:5432",
            "db_secret_arn": "arn:aws:secretsmanager:us-west-2:000000000000:secret:airflow-database-AbCdEf",
            "logs_bucket": "company-logs",
            "image_registry": "000000000000.dkr.ecr.us-west-2.amazonaws.com/mirror",
            # the network the company gives, its subnets found by the company's own tags
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "subnets": {
                "data": {"tier": "nodes"},
                "private": {"tier": "control-plane"},
                "internal": {"tier": "load-balancers"},
            },
            "vpc_endpoints": True,  # AWS is reached through the VPC's endpoints alone
            "endpoint_public": False,
            "endpoint_private_cidrs": ["10.0.0.0/8"],  # offices and VPN
            # what the team brings: an image, rights, pools, and the DAGs of two private repositories; its secrets are in Secrets Manager
            "airflow_image": "000000000000.dkr.ecr.us-west-2.amazonaws.com/airflow:3.3.2-7",
            "airflow_secrets": "data-platform",
            "airflow_policies": {"worker": ["arn:aws:iam::aws:policy/AmazonAthenaFullAccess"]},
            "airflow_pools": {"warehouse": 4},
            "dags_repo": "git@git.example.com:data/dags.git",
            "dags_secret": "data-platform/dags",
            "dags_known_hosts": ["git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1pbmUgaXMgYW5vdGhlciBrZXksIHRha2UgeW91cnM="],
            "dags_bundles": {"reports": {"repo": "https://git.example.com/data/reports.git", "secret": "data-platform/reports"}},
            "alerts": {"sns_topic": "arn:aws:sns:us-west-2:000000000000:on-call"},
            "values": {"airflow": {"scheduler": {"resources": {"limits": {"memory": "4Gi"}}}}},
        },
    )
]
