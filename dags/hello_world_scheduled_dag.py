"""A first DAG: four small tasks every day, one of them writing a line to look for in the log."""

from datetime import timedelta

import pendulum
from airflow.sdk import dag, get_current_context, task


@dag(
    schedule="@daily",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
    tags=["sample"],
    doc_md=__doc__,
)
def hello_world_scheduled_dag():
    @task
    def start() -> str:
        return get_current_context()["run_id"]

    @task
    def greet(name: str) -> str:
        greeting = f"Hello, {name}!"
        print(greeting)
        return greeting

    @task
    def finish(run_id: str, greetings: list[str]) -> None:
        print(f"{run_id}: {len(greetings)} greetings said")

    run_id = start()
    greetings = [greet.override(task_id="hello_world")("world"), greet.override(task_id="hello_airflow")("Airflow on EKS")]
    run_id >> greetings
    finish(run_id, greetings)


hello_world_scheduled_dag()
