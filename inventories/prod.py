deployments = [
    (
        "@eks/airflow-prod",
        {
            "account_id": "000000000000",  # your account
            "protect": True,
            "nat_gateways": "per_zone",
            "endpoint_public": False,
            "db_storage": 100,
            "db_storage_max": 1000,
            "db_backup_days": 35,
            "secret_recovery_days": 30,
            "key_deletion_days": 30,
            "log_retention_days": 365,
            "logs_expire_days": 365,
        },
    )
]
