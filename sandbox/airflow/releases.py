"""When a release of Airflow was made and which Pythons it takes: the package index tells both. Source: https://peps.python.org/pep-0700/"""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet

INDEX = "https://pypi.org/simple"
JSON = "application/vnd.pypi.simple.v1+json"
PATIENCE = 60


class EnvironmentFailure(Exception):
    """Why an environment cannot be had, in one line."""


@dataclass(frozen=True)
class Release:
    """
    One release.

    + day: on which it was made, as 2026-05-29: what PyPI had then is what its official image has
    + python: the versions it takes, as `>=3.10,!=3.15`
    """

    day: str
    python: str

    def takes(self, version: str) -> bool:
        """Whether it runs on this Python, as 3.13.2."""
        return version in SpecifierSet(self.python)


def release(version: str) -> Release:
    """What the package index tells of a release of Airflow (seconds). Raises EnvironmentFailure."""
    address = f"{os.environ.get('UV_DEFAULT_INDEX') or os.environ.get('UV_INDEX_URL') or INDEX}/apache-airflow/"
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": JSON}), timeout=PATIENCE) as answer:
            files = json.load(answer)["files"]
    except (OSError, ValueError, KeyError) as error:
        raise EnvironmentFailure(f"{address} does not tell when Airflow {version} was released: {getattr(error, 'reason', error)}") from None
    wheel = f"apache_airflow-{version}-py3-none-any.whl"
    found = next((file for file in files if file["filename"] == wheel), None)
    if not found or not found.get("upload-time"):
        raise EnvironmentFailure(f"{address} has no Airflow {version}, or does not tell when it was released")
    try:
        return Release(found["upload-time"][:10], str(SpecifierSet(found.get("requires-python") or ">=3.10")))
    except InvalidSpecifier as error:
        raise EnvironmentFailure(f"Airflow {version}: {error}") from None
