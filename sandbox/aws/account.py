"""The account as it is before anybody has made anything."""

import importlib
import pkgutil

from moto.iam.models import AccessKey

from sandbox import aws
from sandbox.aws.credentials import make_administrator


def prepare(region: str) -> AccessKey:
    """Load every rule, make the administrator; answers their access key."""
    load_rules()
    return make_administrator(region)


def load_rules() -> None:
    for module in pkgutil.walk_packages(aws.__path__, "sandbox.aws."):
        importlib.import_module(module.name)
