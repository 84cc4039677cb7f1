"""Writes docs/permissions.md: what a plan may need to read, taken from the facts: ``python -m deploys.permissions > docs/permissions.md``."""

from __future__ import annotations

import inspect
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module

from pyinfra.api import FactBase

import facts
from connectors.aws.permissions import action, operation
from connectors.commands.command import AwsCall, AwsEach
from connectors.lock import lock
from facts.obstacles import OBSTACLES, Inside
from facts.quotas import LIMITS, Used
from facts.scan import SCANS, Found

SECRETS = "secretsmanager:GetSecretValue"
NARROWED = {
    "Secrets": (SECRETS, "arn:aws:secretsmanager:<region>:<account>:secret:<deployment>/*"),
    "Lock": ("ssm:GetParameter", f"arn:aws:ssm:<region>:<account>:parameter{lock.name('<deployment>')}"),
}
"""Reads of what may hold others' secrets: they are allowed of the deployment's own alone."""

PAGE = """# Permissions

## Planning

`install.py --dry --diff`, `verify.py` and `cleanup.py --dry` only read. Besides `sts:GetCallerIdentity`, which everybody may call, they need this IAM policy
(put your account, region and deployment in the ARNs of the secrets and of the lock):

```json
{policy}
```

and in the cluster the access policy `AmazonEKSAdminViewPolicy`, which an administrator grants with

```sh
aws eks create-access-entry --cluster-name <deployment> --principal-arn <role>
aws eks associate-access-policy --cluster-name <deployment> --principal-arn <role> --access-scope type=cluster \\
  --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy
```

`AmazonEKSViewPolicy` is not enough: it hides Secrets, where helm keeps its releases. `{secrets}` is needed since the plan compares the
Kubernetes Secrets with what Secrets Manager holds; their values are never shown.

Kubernetes authorises a dry run like the change itself. Where the caller may not patch, the plan says so in one line and compares field by field instead:
every field that is wanted has to be in the live object. What that cannot see is a field that was applied once and is wanted no more.

`verify.py` with `run_dag` runs something: besides, it reads the task's log (`s3:ListBucket` and `s3:GetObject` of the log bucket), and in the cluster it needs
a port-forward to Airflow's API, as `AmazonEKSEditPolicy` of namespace `airflow` allows.

The entry and its policy are not the deployment's: they lack its tag, so no run touches them.

This page is generated from the calls of `facts/`: `python -m deploys.permissions > docs/permissions.md`.
"""


def reads() -> list[str]:
    """The IAM actions of every read call that facts send, sorted."""
    return sorted({action(service, operation(service, method)) for service, method in _calls()})


def page() -> str:
    """The page."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": [name for name in reads() if name not in dict(NARROWED.values())], "Resource": "*"},
            *({"Sid": sid, "Effect": "Allow", "Action": narrowed, "Resource": resource} for sid, (narrowed, resource) in NARROWED.items()),
        ],
    }
    return PAGE.format(policy=json.dumps(policy, indent=2), secrets=SECRETS)


def _calls() -> Iterator[tuple[str, str]]:
    obstacles = (Inside().command(obstacle, "") for obstacle in OBSTACLES)
    for command in (*(scan.call for scan in SCANS), *(limit.call for limit in LIMITS.values()), *obstacles, *_commands()):
        for call in (command.listing, command.each) if isinstance(command, AwsEach) else (command,):
            if isinstance(call, AwsCall):
                yield call.service, call.action


def _commands() -> Iterator:
    """The command of every fact, whatever it is asked about."""
    for found in pkgutil.walk_packages(facts.__path__, f"{facts.__name__}."):
        for thing in vars(import_module(found.name)).values():
            if inspect.isclass(thing) and issubclass(thing, FactBase) and "command" in vars(thing) and thing not in (Found, Inside, Used):
                names = [name for name in inspect.signature(thing.command).parameters if name != "self"]
                yield thing().command(**{name: _Anything() for name in names})


class _Anything(str):
    """Something a fact is asked about."""

    objects = ()


if __name__ == "__main__":
    print(page(), end="")
