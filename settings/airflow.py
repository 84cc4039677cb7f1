"""Airflow: its release, where its tasks run, its logs and the way to its UI."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator

from .dags import Dags
from .ranges import much_of_the_world
from .subject import Cidrs, Contradiction, Count, Version

HOST_NAME = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


class Airflow(Dags):
    """The Airflow release and the load balancer in front of it."""

    airflow_version: Version
    task_placement: Literal["core", "karpenter"]
    task_cpu_limit: Count
    logs_bucket: str | None
    logs_infrequent_access_days: Annotated[int, Field(ge=30)] | None
    logs_expire_days: Count
    metadata_keep_days: Annotated[int, Field(ge=30)] | None
    run_dag: bool
    ingress_scheme: Literal["internal", "internet-facing"] | None
    ingress_cidrs: Cidrs
    ingress_open_to_world: bool
    domain: str | None
    hosted_zone: str | None

    @field_validator("airflow_version")
    @classmethod
    def _airflow_version(cls, value: str) -> str:
        if not re.fullmatch(r"3\.\d+\.\d+", value):
            raise ValueError("wanted a release of Airflow 3, as 3.3.2")
        return value

    @field_validator("domain", "hosted_zone")
    @classmethod
    def _host_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(HOST_NAME, value):
            raise ValueError("wanted a host name in lower case, as airflow.example.com")
        return value

    @field_validator("logs_bucket")
    @classmethod
    def _logs_bucket(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value):
            raise ValueError("wanted the name of an S3 bucket, as company-logs")
        return value

    @property
    def logs_folder(self) -> tuple[str, str]:
        """The bucket of task logs and the prefix in it, which in somebody else's bucket names the deployment."""
        return (self.logs_bucket, f"{self.deployment}/airflow") if self.logs_bucket else (self.bucket("airflow-logs"), "airflow")

    @property
    def zone_of_domain(self) -> str | None:
        """The Route 53 hosted zone that gets the domain's record; None without a domain."""
        return (self.hosted_zone or self.domain.partition(".")[2]) if self.domain else None

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields logs that expire before they move, and a UI open to nobody or under another zone."""
        yield from super().contradictions()
        move, expire = self.logs_infrequent_access_days, self.logs_expire_days
        if move is not None and expire <= move:
            yield Contradiction(
                ("logs_infrequent_access_days", "logs_expire_days"),
                f"logs_infrequent_access_days is {move}: wanted fewer days than logs_expire_days {expire}, or None",
            )
        if self.ingress_scheme == "internet-facing" and not self.ingress_cidrs:
            yield Contradiction(
                ("ingress_cidrs", "ingress_scheme"),
                "ingress_cidrs is [] and ingress_scheme is 'internet-facing': put the ranges that may reach the UI in the inventory",
            )
        if self.ingress_scheme == "internet-facing" and not self.domain:
            yield Contradiction(
                ("domain", "ingress_scheme"),
                "domain is None and ingress_scheme is 'internet-facing': passwords would cross the internet unencrypted; give the host name that brings HTTPS",
            )
        wide = much_of_the_world(self.ingress_cidrs)
        if self.ingress_scheme == "internet-facing" and wide and not self.ingress_open_to_world:
            yield Contradiction(
                ("ingress_cidrs", "ingress_scheme", "ingress_open_to_world"),
                f"ingress_cidrs has {wide}, much of the world: name your ranges, or set ingress_open_to_world to True",
            )
        if self.domain and self.ingress_scheme is None:
            yield Contradiction(("domain", "ingress_scheme"), f"domain is {self.domain!r} and ingress_scheme is None: wanted internal or internet-facing")
        if self.hosted_zone and not self.domain:
            yield Contradiction(("hosted_zone", "domain"), f"hosted_zone is {self.hosted_zone!r} and domain is None: give the domain of the UI")
        elif self.hosted_zone and self.domain != self.hosted_zone and not self.domain.endswith(f".{self.hosted_zone}"):
            yield Contradiction(("hosted_zone", "domain"), f"domain is {self.domain!r}: wanted a name under hosted_zone {self.hosted_zone!r}")
