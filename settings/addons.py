"""Which add-ons are on, and the charts they and Airflow are installed from."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, field_validator

from . import regions
from .defaults import defaults
from .sources import check_source
from .subject import Contradiction, Count, Text
from .tasks import Tasks

# what is switched on, and the switch it cannot do without
NEEDS = [
    ("enable_amazon_prometheus", "enable_kube_prometheus_stack"),
    ("enable_airflow_spark_example", "enable_karpenter"),
]


LOGIN = "log in with helm registry login"


class Chart(NamedTuple):
    """A pinned helm chart and where it comes from: `repo` is `https://...`, `oci://...` or, with `chart_mirror`, a directory."""

    name: str
    version: str
    repo: str


class Pin(BaseModel):
    """A chart as it is pinned in the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Text
    repo: str

    @field_validator("repo")
    @classmethod
    def _repo(cls, value: str) -> str:
        check_source(value, ("https", "oci"), LOGIN)
        return value


class Addons(Tasks):
    """The platform's parts that can be switched on and off."""

    enable_karpenter: bool
    karpenter_image: str
    enable_cluster_autoscaler: bool
    enable_cluster_proportional_autoscaler: bool
    enable_metrics_server: bool
    enable_kube_prometheus_stack: bool
    enable_amazon_prometheus: bool
    enable_kubecost: bool
    enable_aws_cloudwatch_metrics: bool
    enable_aws_for_fluentbit: bool
    enable_aws_load_balancer_controller: bool
    enable_airflow_spark_example: bool
    enable_spark_history_server: bool
    spark_cpu_limit: Count
    spark_image: str
    chart_mirror: str | None
    image_registry: str | None
    charts: dict[str, Pin]

    @field_validator("karpenter_image")
    @classmethod
    def _karpenter_image(cls, value: str) -> str:
        if not re.fullmatch(r"al2023@v20\d{6}", value):
            raise ValueError("wanted a release of Amazon Linux 2023 by its day, as al2023@v20261119: `latest` would replace nodes whenever there is a new one")
        return value

    @field_validator("chart_mirror")
    @classmethod
    def _chart_mirror(cls, value: str | None) -> str | None:
        if value and "://" in value:
            check_source(value, ("oci", "https"), LOGIN)
        elif value and not Path(value).is_dir():
            raise ValueError("no such directory; wanted a directory, oci://... or https://...")
        return value or None

    @field_validator("image_registry")
    @classmethod
    def _image_registry(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[a-z0-9]+([._-][a-z0-9]+)*)*", value):
            raise ValueError("wanted a registry and maybe a prefix, as 123456789012.dkr.ecr.us-west-2.amazonaws.com/mirror")
        return value

    @field_validator("charts", mode="before")
    @classmethod
    def _charts(cls, value: Any) -> Any:
        pinned = defaults()["charts"]
        for chart in value if isinstance(value, dict) else ():
            if chart not in pinned:
                near = get_close_matches(str(chart), pinned, 1) or [", ".join(pinned)]
                raise ValueError(f"{chart} is not one of the charts used; did you mean {near[0]}?")
        return value

    @property
    def ingress(self) -> bool:
        """Whether the UI gets a load balancer."""
        return self.enable_aws_load_balancer_controller and self.ingress_scheme is not None

    def image(self, image: str) -> str:
        """
        Returns an image, or its copy under `image_registry`: there it has upstream's whole name, the registry's host included.

        + image: `quay.io/prometheus/statsd-exporter`, or a registry alone; without a host Docker Hub's
        """
        if not self.image_registry or image.startswith(f"{self.image_registry}/"):
            return image
        return f"{self.image_registry}/{image if '.' in image.partition('/')[0] else f'docker.io/{image}'}"

    def chart(self, chart: str) -> Chart:
        """
        Returns a pinned chart with the repository it comes from; the mirror's, where there is one.

        + chart: `karpenter-crd`; one that is not pinned raises KeyError
        """
        pin = self.charts[chart]
        return Chart(chart, pin.version, self.chart_mirror or pin.repo)

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields what is on without the part it cannot do without."""
        yield from super().contradictions()
        for switch, needed in NEEDS:
            if getattr(self, switch) and not getattr(self, needed):
                yield Contradiction((switch, needed), f"{switch} is True and needs {needed}, which is False: switch both on or both off")
        if self.enable_amazon_prometheus and not regions.offered(self.region, "aps"):
            line = f"region is {self.region}, which has no Amazon Managed Prometheus: set enable_amazon_prometheus to False"
            yield Contradiction(("enable_amazon_prometheus", "region"), line)
        if self.task_placement == "karpenter" and not self.enable_karpenter:
            yield Contradiction(("task_placement", "enable_karpenter"), "task_placement is 'karpenter' and needs enable_karpenter, which is False")
        controller = "enable_aws_load_balancer_controller"
        if not self.enable_aws_load_balancer_controller and self.domain:
            yield Contradiction(("domain", controller), f"domain is {self.domain!r} and needs {controller}, which is False")
        if not self.enable_aws_load_balancer_controller and self.ingress_scheme == "internet-facing":
            yield Contradiction(("ingress_scheme", controller), f"ingress_scheme is 'internet-facing' and needs {controller}, which is False")
