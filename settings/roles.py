"""The IAM roles of a deployment: what they are called, and what a company asks of every role."""

import re
from collections.abc import Iterator

from pydantic import field_validator

from .deployment import LONGEST_DEPLOYMENT, LONGEST_REGION, Deployment
from .subject import Contradiction

KEPT = ("/aws-service-role/", "/aws-reserved/")
"""Paths under which AWS alone makes roles."""


class Roles(Deployment):
    """One role for each component, all under one path and one permissions boundary."""

    permissions_boundary: str | None
    iam_path: str

    @field_validator("permissions_boundary")
    @classmethod
    def _permissions_boundary(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+", value):
            raise ValueError("wanted the ARN of an IAM policy, as arn:aws:iam::123456789012:policy/boundary")
        return value

    @field_validator("iam_path")
    @classmethod
    def _iam_path(cls, value: str) -> str:
        if not re.fullmatch(r"/([\w+=,.@-]+/)*", value, re.ASCII) or len(value) > 512:
            raise ValueError("wanted a path that begins and ends with a slash, as /teams/data/")
        if value.startswith(KEPT):
            raise ValueError("wanted another path, this one is AWS's own")
        return value

    def role(self, component: str) -> str:
        """
        Returns the name of the IAM role of a component; it names the region too, since IAM is global.

        + component: at most 26 characters, `load-balancer-controller`; a longer one raises ValueError, whatever the deployment
        """
        longest = 64 - LONGEST_DEPLOYMENT - LONGEST_REGION - 2
        if len(component) > longest:
            raise ValueError(f"role component {component} has {len(component)} characters, {longest} fit under every deployment and region")
        return f"{self.deployment}-{self.region}-{component}"

    def role_arn(self, component: str) -> str:
        """
        Returns the ARN of the IAM role of a component.

        + component: as in `role`
        """
        return self.arn("iam", f"role{self.iam_path}{self.role(component)}", region=False)

    def managed_policy(self, policy: str) -> str:
        """
        Returns the ARN of an IAM policy that AWS manages.

        + policy: its name, with its path if it has one: `service-role/AmazonEFSCSIDriverPolicy`
        """
        return f"arn:{self.partition}:iam::aws:policy/{policy}"

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields a boundary of another account or partition."""
        yield from super().contradictions()
        if self.permissions_boundary and self.permissions_boundary.split(":")[4] not in (self.account_id, "aws"):
            line = f"permissions_boundary is {self.permissions_boundary}: wanted a policy of account {self.account_id}, which IAM looks for it in"
            yield Contradiction(("permissions_boundary", "account_id"), line)
        if self.permissions_boundary and self.permissions_boundary.split(":")[1] != self.partition:
            line = f"permissions_boundary is {self.permissions_boundary}: wanted an ARN of {self.region}'s partition, arn:{self.partition}:iam::..."
            yield Contradiction(("permissions_boundary", "region"), line)
