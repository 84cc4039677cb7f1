deployments = [
    (
        "@sandbox/airflow-sandbox",
        {
            "account_id": "123456789012",
            "endpoint_public_cidrs": ["52.94.76.10/32"],  # some public address: the sandbox is reached through loopback all the same
            "chart_mirror": "../sandbox/charts",
            "db_deletion_protection": False,
            "run_dag": True,  # where Airflow's pods are processes
        },
    )
]
