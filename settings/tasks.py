"""What tasks may use: connections and variables from Secrets Manager, rights in AWS, pools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import field_validator

from .subject import Contradiction, Text
from .team import Team

COMPONENTS = ("api-server", "scheduler", "worker", "triggerer", "dag-processor")
"""Of Airflow, each with a role; tasks are its workers."""

BACKEND = "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend"
POLICY = r"arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[\w+=,.@/-]+"
MOST_POLICIES = 10
"""AWS's default quota of managed policies on a role."""


class Tasks(Team):
    """Secrets, rights and pools of what a team runs."""

    airflow_secrets: Text | None
    airflow_policies: dict[str, list[Any]]
    airflow_pools: dict[str, int] | None

    @field_validator("airflow_secrets")
    @classmethod
    def _airflow_secrets(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w+=.@-]+(/[\w+=.@-]+)*", value):
            raise ValueError("wanted how the names of secrets begin, as team-a/airflow")
        return value

    @field_validator("airflow_policies")
    @classmethod
    def _airflow_policies(cls, value: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for component, policies in value.items():
            if component not in COMPONENTS:
                raise ValueError(f"{component} is no component; wanted some of {', '.join(COMPONENTS)}")
            for policy in policies:
                _check_policy(component, policy)
            if len(arns := [policy for policy in policies if isinstance(policy, str)]) > MOST_POLICIES:
                raise ValueError(f"{component} has {len(arns)} managed policies, and AWS takes {MOST_POLICIES} on a role: put statements in the place of some")
        return value

    @field_validator("airflow_pools")
    @classmethod
    def _airflow_pools(cls, value: dict[str, int] | None) -> dict[str, int] | None:
        for pool, slots in (value or {}).items():
            if not pool or slots < -1:
                raise ValueError(f"{pool!r}: wanted a name and its slots, 0 or more, -1 for no limit")
        return value

    @property
    def options_of_airflow(self) -> dict[str, dict[str, str]]:
        """The options by section; those of the secrets backend among them where there is one."""
        if self.airflow_secrets is None:
            return super().options_of_airflow
        kwargs = {
            "connections_prefix": f"{self.airflow_secrets}/connections",
            "connections_lookup_pattern": "(?!(aws|kubernetes)_default$)",
            "variables_prefix": f"{self.airflow_secrets}/variables",
            "config_prefix": None,
        }
        return {**super().options_of_airflow, "secrets": {"backend": BACKEND, "backend_kwargs": json.dumps(kwargs)}}

    def managed_policies(self, component: str) -> list[str]:
        """
        Returns the ARNs of the managed policies of a component.

        + component: one of `COMPONENTS`
        """
        return [policy for policy in self.airflow_policies.get(component, ()) if isinstance(policy, str)]

    def statements(self, component: str) -> list[dict[str, Any]]:
        """
        Returns the statements of a component's own policy.

        + component: one of `COMPONENTS`
        """
        return [policy for policy in self.airflow_policies.get(component, ()) if isinstance(policy, dict)]

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields a second secrets backend."""
        yield from super().contradictions()
        if self.airflow_secrets and any(option.startswith("secrets.") for option in self.airflow_config):
            line = f"airflow_config has options of the section secrets, and airflow_secrets is {self.airflow_secrets!r}: one of both decides on the backend"
            yield Contradiction(("airflow_secrets", "airflow_config"), line)


def _check_policy(component: str, policy: Any) -> None:
    if isinstance(policy, str):
        if not re.fullmatch(POLICY, policy):
            raise ValueError(f"{component} has {policy}: wanted the ARN of a managed policy, or a statement")
    elif not isinstance(policy, dict) or not policy.keys() >= {"Effect", "Action", "Resource"} or policy["Effect"] not in ("Allow", "Deny"):
        raise ValueError(f"{component}: wanted the ARN of a managed policy, or a statement with Effect, Action and Resource")
