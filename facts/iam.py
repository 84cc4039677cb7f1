"""Facts about IAM: the roles of a deployment."""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.command import AwsCall, AwsEach
from connectors.commands.reference import DEPLOYMENT_TAG
from facts.aws import AwsFact, tagged


class Role(AwsFact):
    """
    Returns the role of this name, or ``None``: ``Arn``, ``AssumeRolePolicyDocument``, ``AttachedManagedPolicies``, ``RolePolicyList``,
    ``InstanceProfileList``, ``Path``, ``PermissionsBoundary``, ``Tags``. All roles of the account come in one read.

    + role: its name

    .. code:: python

        {"RoleName": "airflow-dev-us-west-2-node", "Arn": "arn:aws:iam::123456789012:role/airflow-dev-us-west-2-node", ...}
    """

    def command(self, role):
        self.pick = f"RoleDetailList[?RoleName=='{role}'] | [0]"
        return AwsCall("iam", "get_account_authorization_details", about=role, Filter=["Role"])


class RoleNames(AwsFact):
    """Returns the names of the roles that carry the deployment's tag and its region's name: IAM is global, a deployment is not."""

    def command(self):
        return AwsCall("iam", "get_account_authorization_details", Filter=["Role"])

    def process(self, output):
        ours = f"{tagged(DEPLOYMENT_TAG, host.data.deployment)} && starts_with(RoleName, '{host.connector.settings.role('')}')"
        self.pick = f"RoleDetailList[?{ours}].RoleName"
        return super().process(output)


class SsoRoles(AwsFact):
    """
    Returns the ARNs of the roles that IAM Identity Center made for its permission sets: their names end in ``_`` and sixteen digits.

    .. code:: python

        ["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Administrator_0123456789abcdef", ...]
    """

    pick = "RoleDetailList[?starts_with(Path, '/aws-reserved/sso.amazonaws.com/')].Arn"

    def command(self):
        return AwsCall("iam", "get_account_authorization_details", Filter=["Role"])


class User(AwsFact):
    """
    Returns the user of this name, or ``None``: ``UserName``, ``Arn``, ``Path``.

    + user: its name
    """

    pick = "User"

    def command(self, user):
        return AwsCall("iam", "get_user", missing=("NoSuchEntity",), UserName=user)


class Policy(AwsFact):
    """
    Returns the managed policy of this ARN, or ``None``: ``Arn``, ``IsAttachable``.

    + policy: its ARN
    """

    pick = "Policy"

    def command(self, policy):
        return AwsCall("iam", "get_policy", missing=("NoSuchEntity",), PolicyArn=policy)


class InstanceProfile(AwsFact):
    """
    Returns the instance profile of this name, or ``None``: ``Arn``, ``Path``, ``Roles``, ``Tags``.

    + instance_profile: its name
    """

    pick = "InstanceProfile"

    def command(self, instance_profile):
        return AwsCall("iam", "get_instance_profile", missing=("NoSuchEntity",), InstanceProfileName=instance_profile)


class InstanceProfiles(AwsFact):
    """
    Returns the instance profiles under a path: ``InstanceProfileName``, ``Roles``, ``Tags``.

    + path: ``/karpenter/us-west-2/airflow-dev/``
    """

    pick = "[].InstanceProfile"

    def command(self, path):
        return AwsEach(
            AwsCall("iam", "list_instance_profiles", PathPrefix=path),
            "InstanceProfiles[].{InstanceProfileName: InstanceProfileName}",
            AwsCall("iam", "get_instance_profile", missing=("NoSuchEntity",)),
        )
