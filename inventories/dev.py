deployments = [
    (
        "@eks/airflow-dev",
        {
            "account_id": "000000000000",  # your account
            "endpoint_public_cidrs": [],  # where you install from, as ["<your address>/32"]
            "db_instance_class": "db.t4g.medium",
            "db_multi_az": False,
            "db_deletion_protection": False,
            "secret_recovery_days": 0,
            "log_retention_days": 14,
        },
    )
]
