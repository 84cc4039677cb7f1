"""Facts about launch templates."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import OWNED, AwsFact


class LaunchTemplate(AwsFact):
    """
    Returns the launch template of this name, or ``None``: ``LaunchTemplateId``, ``DefaultVersionNumber``, ``LatestVersionNumber``, ``Tags``.

    + template: its name

    .. code:: python

        {"LaunchTemplateId": "lt-0a1b", "LaunchTemplateName": "airflow-dev-core", "DefaultVersionNumber": 2, ...}
    """

    def command(self, template):
        self.pick = f"LaunchTemplates[?LaunchTemplateName=='{template}'] | [0]"
        return AwsCall("ec2", "describe_launch_templates", Filters=OWNED)


class LaunchTemplateVersion(AwsFact):
    """
    Returns the default version of a launch template, or ``None``: ``VersionNumber``, ``LaunchTemplateData``.

    + template: the template's name
    """

    pick = "LaunchTemplateVersions[0]"

    def command(self, template):
        missing = ("InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateId.VersionNotFound")
        return AwsCall("ec2", "describe_launch_template_versions", missing=missing, LaunchTemplateName=template, Versions=["$Default"])


class LaunchTemplateNames(AwsFact):
    """
    Returns the names of the launch templates that are ours; Karpenter's, which carry our tag too, are not.
    """

    pick = "LaunchTemplates[?!starts_with(LaunchTemplateName, 'karpenter.k8s.aws/')].LaunchTemplateName"

    def command(self):
        return AwsCall("ec2", "describe_launch_templates", Filters=OWNED)
