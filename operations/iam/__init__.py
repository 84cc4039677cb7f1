"""Operations on IAM: the roles of a deployment, and what they are bound by."""

from operations.iam.existing import existing_policy
from operations.iam.profiles import instance_profile
from operations.iam.roles import role

__all__ = ["existing_policy", "instance_profile", "role"]
