"""
What the settings attach to a role, told apart from what somebody attached by hand: a tag of the role holds a digest of each policy of ours.

A policy that is attached, in no setting and not in the tag is somebody else's: it stays, and is named.
"""

from __future__ import annotations

import hashlib

from operations.foreign import leave
from operations.tags import mapped

MARK = "airflow-on-eks/policies"


def mark(policies: list[str]) -> dict:
    """
    The tag that names policies as ours.

    + policies: ARNs of managed ones and names of inline ones
    """
    return {MARK: " ".join(sorted(map(_digest, policies)))}


def ours(role: str, policies: list[str], tags: list[dict] | dict | None) -> list[str]:
    """
    Of policies that are no longer wanted those that the settings once attached; the others are named and left alone.

    + role: which has them
    + policies: ARNs of managed ones and names of inline ones
    + tags: of the role, as they are
    """
    marked = (mapped(tags).get(MARK) or "").split()
    for policy in (policy for policy in policies if _digest(policy) not in marked):
        verb, flag = ("detach", "arn") if policy.startswith("arn:") else ("delete", "name")
        leave(f"policy {policy} of role {role} is in no setting (`aws iam {verb}-role-policy --role-name {role} --policy-{flag} {policy}` takes it away)")
    return [policy for policy in policies if _digest(policy) in marked]


def _digest(policy: str) -> str:
    return hashlib.sha256(policy.encode()).hexdigest()[:8]
