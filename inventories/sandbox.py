deployments = [
    (
        "@sandbox/airflow-sandbox",
        {
            "account_id": "123456789012",
            "endpoint_public_cidrs": ["127.0.0.1/32"],
            "chart_mirror": "sandbox/charts",
            "db_deletion_protection": False,
        },
    )
]
