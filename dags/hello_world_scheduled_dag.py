"""A first DAG: four small tasks every day, with a line to look for in the log of the first and of the last."""

from datetime import timedelta

import pendulum
from airflow.sdk import dag, task


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
    def hello_world() -> str:
        print("Hello, world!")
        return "Hello, world!"

    @task
    def count_letters(text: str) -> int:
        return sum(letter.isalpha() for letter in text)

    @task
    def shout(text: str) -> str:
        return text.upper()

    @task
    def goodbye(letters: int, shouted: str) -> None:
        print(f"{shouted} That was {letters} letters. Goodbye!")

    greeting = hello_world()
    goodbye(count_letters(greeting), shout(greeting))


hello_world_scheduled_dag()
