"""What a deployment brings of its own: values laid over the project's, and manifests."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import field_validator

from .promises import broken, overridden
from .root import ROOT
from .subject import Contradiction, Subject, Text


def merge(under: Any, over: Any) -> Any:
    """Mappings are merged key by key, anything else is replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: merge(under.get(key), value) for key, value in over.items()}}
    return over


@lru_cache
def _mapping(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file}: {'no such file' if isinstance(error, FileNotFoundError) else error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ValueError(f"{file}{f', line {mark.line + 1}' if mark else ''}: no valid YAML: {getattr(error, 'problem', None) or error}") from None
    if found is not None and not isinstance(found, dict):
        raise ValueError(f"{file}: wanted a mapping of values")
    return found or {}


def _releases() -> list[str]:
    return sorted(file.stem for file in (ROOT / "values").glob("*.yaml"))


class Overrides(Subject):
    """Values by release, the same from files, and a folder of manifests."""

    values: dict[str, dict[str, Any]]
    values_files: dict[str, Text]
    manifests: Text | None

    @field_validator("values", "values_files")
    @classmethod
    def _of_releases(cls, value: dict[str, Any]) -> dict[str, Any]:
        for release in value:
            if release not in (releases := _releases()):
                near = get_close_matches(release, releases, 1) or [", ".join(releases)]
                raise ValueError(f"there is no release {release}; did you mean {near[0]}?")
        return value

    @field_validator("values_files")
    @classmethod
    def _values_files(cls, value: dict[str, str]) -> dict[str, str]:
        for file in value.values():
            _mapping(Path(file))
        return value

    @field_validator("manifests")
    @classmethod
    def _manifests(cls, value: str | None) -> str | None:
        if value and not Path(value).is_dir():
            raise ValueError("no such directory; wanted a folder of Kubernetes manifests")
        return value or None

    def values_of(self, release: str) -> dict[str, Any]:
        """
        Returns what is laid over the project's values of a release.

        + release: its name
        """
        file = self.values_files.get(release)
        return merge(_mapping(Path(file)) if file else {}, self.values.get(release, {}))

    def overrides(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Yields each value laid over the project's: its release and path, the project's own, and the one in its place."""
        for release in sorted({*self.values, *self.values_files}):
            for path, ours, theirs in overridden(self.values_of(release), _mapping(ROOT / "values" / f"{release}.yaml")):
                yield release, path, ours, theirs

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields values that would break what the platform promises."""
        yield from super().contradictions()
        for release in sorted({*self.values, *self.values_files}):
            for line in broken(release, self.values_of(release), _mapping(ROOT / "values" / f"{release}.yaml")):
                yield Contradiction(("values", "values_files"), f"values.{line}")
