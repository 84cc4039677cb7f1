"""Options of one run."""

from typing import Literal

from pydantic import Field

from .subject import Subject, Text


class Run(Subject):
    """What one run is asked for besides."""

    prune: bool
    confirm: Text | None
    skip_final_snapshot: bool
    unlock: bool
    actual: bool
    delete: Text | None
    json_file: Text | None = Field(alias="json")
    html_file: Text | None = Field(alias="html")
    junit_file: Text | None = Field(alias="junit")
    page: Literal["airflow", "grafana", "prometheus", "alertmanager", "kubecost", "spark-history"]
