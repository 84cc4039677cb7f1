"""Computes Pi on Spark: submits the SparkApplication beside this file, follows its driver's log and ends as it ends."""

from datetime import timedelta

import pendulum
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk import dag


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1)},
    tags=["sample", "spark"],
    doc_md=__doc__,
)
def example_pyspark_pi_job():
    # The operator waits for the application by itself, so no sensor has to be told its name through an XCom.
    SparkKubernetesOperator(
        task_id="pyspark_pi",
        namespace="spark-team-a",
        application_file="example_pyspark_pi_job.yaml",
        random_name_suffix=False,
        delete_on_termination=False,
        startup_timeout_seconds=900,
        execution_timeout=timedelta(hours=1),
    )


example_pyspark_pi_job()
