"""What facts about AWS have in common: one read call and what to pick from its answer."""

from __future__ import annotations

import json

import jmespath
from pyinfra.api import FactBase

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG

OWNED = [{"Name": f"tag:{DEPLOYMENT_TAG}", "Values": [DEPLOYMENT]}]
"""EC2's filter for what carries the deployment's tag: all of a kind in one read."""


OWNED_ANYWHERE = [{"Key": DEPLOYMENT_TAG, "Values": [DEPLOYMENT]}]
"""The same for the tagging API."""


def owned_anywhere() -> AwsCall:
    """The ARNs and tags of all that carries the deployment's tag in its region, of any service: AWS knows deleted things for a while."""
    return AwsCall("resourcegroupstaggingapi", "get_resources", TagFilters=OWNED_ANYWHERE, ResourcesPerPage=100)


class AwsFact(FactBase):
    """One read call; ``pick`` is the JMESPath of the wanted part, ``None`` when there is none."""

    pick = "@"

    def __init_subclass__(cls):
        """A fact of a package is known by the package, which is where it is imported from."""
        cls.__module__ = ".".join(cls.__module__.split(".")[:2])
        super().__init_subclass__()

    def process(self, output):
        return jmespath.search(self.pick, json.loads("\n".join(output)))


def named(value: str) -> str:
    """JMESPath condition: the thing's ``Name`` tag is this."""
    return tagged("Name", value)


def tagged(key: str, value: str) -> str:
    """JMESPath condition: one of the thing's ``Tags`` is this."""
    return f"Tags[?Key=='{key}' && Value=='{value}']"
