"""Facts about what others have in EC2 under names of ours."""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG, Text
from facts.aws import AwsFact, named, tagged
from facts.ec2.routes import GOING

TAG = "tag:Name"
KINDS = {
    "vpc": ("describe_vpcs", "Vpcs", TAG),
    "internet gateway": ("describe_internet_gateways", "InternetGateways", TAG),
    "subnet": ("describe_subnets", "Subnets", TAG),
    "elastic IP": ("describe_addresses", "Addresses", TAG),
    "nat gateway": ("describe_nat_gateways", "NatGateways[?State=='pending' || State=='available']", TAG),
    "route table": ("describe_route_tables", "RouteTables", TAG),
    "vpc endpoint": ("describe_vpc_endpoints", f"VpcEndpoints[?!contains({GOING}, State)]", TAG),
    "security group": ("describe_security_groups", "SecurityGroups", "group-name"),
    "launch template": ("describe_launch_templates", "LaunchTemplates", "launch-template-name"),
}
"""By kind: the call that lists them, where in its answer they are, the filter for their names."""

NAMES = {"group-name": "GroupName", "launch-template-name": "LaunchTemplateName"}


class Namesake(AwsFact):
    """
    Returns what has this name and not the deployment's tag, or ``None``: its ``Tags`` tell whose it is. All of a kind under names of the
    deployment come in one read.

    + kind: ``subnet``, ``launch template``, ...
    + namesake: its Name tag, or its name where EC2 gives it one
    """

    def command(self, kind, namesake):
        self.kind, self.namesake = str(kind), namesake
        action, _, name = KINDS.get(self.kind, KINDS["vpc"])
        filters = [{"Name": name, "Values": [DEPLOYMENT, Text("{deployment}-*", deployment=DEPLOYMENT)]}]
        return AwsCall("ec2", action, **{"Filter" if action == "describe_nat_gateways" else "Filters": filters})

    def process(self, output):
        _, things, name = KINDS[self.kind]
        same = f"{NAMES[name]}=='{self.namesake}'" if name in NAMES else named(self.namesake)
        self.pick = f"{things} | [?{same} && !({tagged(DEPLOYMENT_TAG, host.data.deployment)})] | [0]"
        return super().process(output)
