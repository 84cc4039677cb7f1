"""Policies that somebody else looks after."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from facts.iam import Policy
from operations.existing import existing


@operation()
def existing_policy(policy: str, present: bool = True):
    """
    Look at a managed policy that is somebody else's.

    + policy: its ARN
    + present: ``False`` leaves it alone too

    **Idempotency:** nothing is ever sent; a policy that IAM does not have, or attaches to nothing, is refused.

    **Example:**

    .. code:: python

        iam.existing_policy(policy="arn:aws:iam::123456789012:policy/boundary", name="Boundary of the roles")
    """
    now = host.get_fact(Policy, policy=policy) if present else None
    wrong = "IAM has none of this ARN" if not now else "" if now["IsAttachable"] else "it cannot be attached"
    yield from existing("policy", policy, wrong, present)
