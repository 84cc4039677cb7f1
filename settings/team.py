"""What a team runs its DAGs with: an image, packages, configuration and environment of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, field_validator

from .airflow import Airflow
from .dags import checked_secret
from .promises import PASSWORD, broken
from .subject import Contradiction, Text

OFFICIAL = "apache/airflow"
REPOSITORY = r"[a-z0-9]+([.-][a-z0-9]+)*(:\d+)?(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
DIGEST = r"sha256:[0-9a-f]{64}"
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


class Team(Airflow):
    """The image every component, task and job runs, and what is in its configuration and environment."""

    airflow_image: Text | None
    airflow_image_secret: Annotated[Text | None, AfterValidator(checked_secret)]
    airflow_packages: Text | None
    airflow_config: dict[str, Any]
    airflow_env: dict[str, Text]

    @field_validator("airflow_image")
    @classmethod
    def _airflow_image(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(f"{REPOSITORY}(:{TAG})?(@{DIGEST})?", value):
            raise ValueError("wanted repository:tag, repository@sha256:... or, with airflow_packages, a repository")
        return value

    @field_validator("airflow_packages")
    @classmethod
    def _airflow_packages(cls, value: str | None) -> str | None:
        if value and not Path(value).is_file():
            raise ValueError("no such file; wanted a requirements file, as pip reads it")
        return value or None

    @field_validator("airflow_config")
    @classmethod
    def _airflow_config(cls, value: dict[str, Any]) -> dict[str, Any]:
        for option, given in value.items():
            if not re.fullmatch(r"\w+\.\w+", option):
                raise ValueError(f"{option}: wanted section.option, as core.parallelism")
            if not isinstance(given, (str, int, float)):
                raise ValueError(f"{option}: wanted text, a number, true or false")
        return value

    @field_validator("airflow_env")
    @classmethod
    def _airflow_env(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                raise ValueError(f"{name}: wanted the name of an environment variable")
            if name.startswith("AIRFLOW__"):
                raise ValueError(f"{name}: set airflow_config")
            if name.startswith(("AIRFLOW_CONN_", "AIRFLOW_VAR_")) or PASSWORD.search(name):
                raise ValueError(f"{name}: whoever reads the cluster's pods would read it; connections and variables belong in Secrets Manager")
            if name in CREDENTIALS:
                raise ValueError(f"{name}: each component has a role of its own")
        return value

    @property
    def image_of_airflow(self) -> str:
        """The image that runs Airflow. Built from packages it has a tag that follows from them, so that others are another image."""
        image = self.airflow_image or self.image(f"{OFFICIAL}:{self.airflow_version}")
        if not self.airflow_packages:
            return image
        return f"{image}:{self.airflow_version}-{hashlib.sha256(Path(self.airflow_packages).read_bytes()).hexdigest()[:8]}"

    @property
    def options_of_airflow(self) -> dict[str, dict[str, str]]:
        """The options by section, as the chart takes them: text, in which braces are no template."""
        sections: dict[str, dict[str, str]] = {}
        for option, value in self.airflow_config.items():
            section, _, key = option.partition(".")
            sections.setdefault(section, {})[key] = str(value).replace("{{", '{{ "{{" }}')
        return sections

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields packages without an image they are in, and options that would break what the platform promises."""
        yield from super().contradictions()
        tagged = self.airflow_image is not None and ("@" in self.airflow_image or ":" in self.airflow_image.rpartition("/")[2])
        if self.airflow_packages and not self.airflow_image:
            line = "airflow_packages is given and airflow_image is None: give the repository that `make image` pushes the image with them to"
            yield Contradiction(("airflow_packages", "airflow_image"), line)
        elif self.airflow_packages and tagged:
            line = f"airflow_image is {self.airflow_image!r}, and its tag follows from airflow_packages: give the repository alone"
            yield Contradiction(("airflow_packages", "airflow_image"), line)
        elif self.airflow_image and not self.airflow_packages and not tagged:
            yield Contradiction(("airflow_image",), f"airflow_image is {self.airflow_image!r}: wanted a tag or a digest")
        if self.airflow_image_secret and not self.airflow_image:
            yield Contradiction(("airflow_image_secret", "airflow_image"), "airflow_image_secret is given and airflow_image is None: give the image it is for")
        for line in broken("airflow", {"config": self.options_of_airflow}, {}):
            yield Contradiction(("airflow_config",), f"airflow_config.{line.removeprefix('airflow.config.')}")
