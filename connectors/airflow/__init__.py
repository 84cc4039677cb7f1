"""A running Airflow: its API and its commands, and a run of one of its DAGs."""
