"""Where DAGs come from: Git repositories, or a volume."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from .sources import check_source
from .subject import Contradiction, Subject, Text

SECRET = r"[\w/+=.@:-]{1,512}"
"""A secret's name or ARN. Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""

HOST_KEY = r"[^\s#@][^\s]* (ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?"
TAKEN = ("dags-folder", "samples")
ALONE = "dags"
"""The bundle of `dags_repo`."""


def checked_repository(value: str | None) -> str | None:
    """Refuses what is not the address of a Git repository, encrypted and without a password in it."""
    if value is not None and "://" in value:
        check_source(value, ("https", "ssh"), "give it in `dags_secret`; the release would show it to every reader of the cluster")
    elif value is not None and not re.fullmatch(r"[\w.-]+@[\w.-]+:[^\s?#]+", value):
        raise ValueError("wanted the address of a Git repository, as https://github.com/example/dags.git")
    return value


def checked_secret(value: str | None) -> str | None:
    """Refuses what is not the name of a secret."""
    if value is not None and not re.fullmatch(SECRET, value):
        raise ValueError("wanted the name of a secret in Secrets Manager")
    return value


class Bundle(BaseModel):
    """A Git repository of DAGs: `ref` is a branch, tag or commit, `secret` holds what opens it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    repo: Annotated[str, AfterValidator(checked_repository)]
    ref: Text = "main"
    subpath: Text = ""
    secret: Annotated[Text | None, AfterValidator(checked_secret)] = None

    @property
    def over_ssh(self) -> bool:
        """Whether it is spoken to over SSH."""
        return not self.repo.startswith("https://")

    @property
    def host(self) -> str:
        """The server it is on, as a line of known hosts begins: `github.com`, `[git.example.com]:2222`."""
        if "://" not in self.repo:
            return self.repo.partition("@")[2].partition(":")[0]
        server = self.repo.partition("://")[2].partition("/")[0].rpartition("@")[2]
        name, _, port = server.partition(":")
        return f"[{name}]:{port}" if port and port != "22" else name


class Dags(Subject):
    """The repositories of DAGs and how they are fetched; without one, the volume and the project's own."""

    dags_storage: str
    dags_repo: Annotated[str | None, AfterValidator(checked_repository)]
    dags_ref: Text
    dags_subpath: Text
    dags_secret: Annotated[Text | None, AfterValidator(checked_secret)]
    dags_known_hosts: list[Text]
    dags_bundles: dict[str, Bundle]
    dags_fetch: Literal["git-bundle", "git-sync"]

    @field_validator("dags_storage")
    @classmethod
    def _dags_storage(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d*(Mi|Gi|Ti)", value):
            raise ValueError("wanted a Kubernetes quantity, as 10Gi")
        return value

    @field_validator("dags_known_hosts")
    @classmethod
    def _dags_known_hosts(cls, value: list[str]) -> list[str]:
        for line in value:
            if not re.fullmatch(HOST_KEY, line):
                raise ValueError(f"wanted lines of known hosts, as `ssh-keyscan` prints them: {line!r}")
        return value

    @field_validator("dags_bundles")
    @classmethod
    def _dags_bundles(cls, value: dict[str, Bundle]) -> dict[str, Bundle]:
        for name in value:
            if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) or name in TAKEN:
                raise ValueError(f"{name}: wanted a name of a-z, 0-9 and hyphens, other than {' and '.join(TAKEN)}")
        return value

    @property
    def bundles(self) -> dict[str, Bundle]:
        """Every repository by the name of its bundle."""
        alone = Bundle(repo=self.dags_repo, ref=self.dags_ref, subpath=self.dags_subpath, secret=self.dags_secret) if self.dags_repo else None
        return {**({ALONE: alone} if alone else {}), **self.dags_bundles}

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields what belongs to no repository, and a repository that nobody could read."""
        yield from super().contradictions()
        for setting in ("dags_subpath", "dags_secret"):
            if getattr(self, setting) and not self.dags_repo:
                yield Contradiction((setting, "dags_repo"), f"{setting} is {getattr(self, setting)!r} and dags_repo is None: give the repository it is for")
        if self.dags_repo and ALONE in self.dags_bundles:
            yield Contradiction(("dags_repo", "dags_bundles"), f"dags_bundles has {ALONE}, the name of the bundle of dags_repo: give it another")
        if self.dags_fetch == "git-sync" and self.dags_bundles:
            yield Contradiction(("dags_fetch", "dags_bundles"), "dags_fetch is 'git-sync', which fetches dags_repo alone: take dags_bundles for 'git-bundle'")
        for name, bundle in self.bundles.items():
            here = ("dags_repo", "dags_secret") if name == ALONE else ("dags_bundles",)
            asked = f"{here[0]} is {bundle.repo!r}" if name == ALONE else f"dags_bundles.{name}.repo is {bundle.repo!r}"
            if bundle.over_ssh and not bundle.secret:
                named = "dags_secret" if name == ALONE else "secret"
                yield Contradiction(here, f"{asked}, which nobody reads without a key: name in {named} the secret with its deploy key")
            elif bundle.over_ssh and not any(bundle.host in line.partition(" ")[0].split(",") for line in self.dags_known_hosts):
                line = (
                    f"{asked}, and dags_known_hosts has no key of {bundle.host}: add its lines of `ssh-keyscan`, once compared with what its operator publishes"
                )
                yield Contradiction((*here, "dags_known_hosts"), line)
