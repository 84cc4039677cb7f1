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
            "logs_bucket": "company-logs",
            "image_registry": "000000000000.dkr.ecr.us-west-2.amazonaws.com/mirror",
            # the network the company gives, its subnets found by the company's own tags
            "vpc_id": "vpc-0a1b2c3d4e5f60718",
            "subnets": {
                "data": {"tier": "nodes"},
                "private": {"tier": "control-plane"},
                "internal": {"tier": "load-balancers"},
                "database": {"tier": "database"},
            },
            "vpc_endpoints": True,  # AWS is reached through the VPC's endpoints alone
            "endpoint_public": False,
            "endpoint_private_cidrs": ["10.0.0.0/8"],  # offices and VPN
        },
    )
]
