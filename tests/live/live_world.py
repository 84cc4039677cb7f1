"""A deployment in a real account, and pyinfra run on it as a person runs it."""

import os
import secrets
import signal
import subprocess
import time
from pathlib import Path

import boto3
import jmespath
from running import ROOT, Running

from connectors.aws.client import Aws
from connectors.kubernetes.kubeconfig import Kubeconfig
from connectors.tools import tools

HOURS = 3600
HELD = {
    ("ec2", "describe_vpcs"): "Vpcs[].VpcId",
    ("ec2", "describe_subnets"): "Subnets[].SubnetId",
    ("ec2", "describe_security_groups"): "SecurityGroups[].GroupId",
    ("ec2", "describe_network_interfaces"): "NetworkInterfaces[].NetworkInterfaceId",
    ("ec2", "describe_addresses"): "Addresses[].AllocationId",
    ("ec2", "describe_nat_gateways"): "NatGateways[?State!='deleted'].NatGatewayId",
    ("ec2", "describe_instances"): "Reservations[].Instances[?State.Name!='terminated'].InstanceId[]",
    ("ec2", "describe_volumes"): "Volumes[].VolumeId",
    ("ec2", "describe_launch_templates"): "LaunchTemplates[].LaunchTemplateId",
    ("elbv2", "describe_load_balancers"): "LoadBalancers[].LoadBalancerArn",
    ("elbv2", "describe_target_groups"): "TargetGroups[].TargetGroupArn",
    ("eks", "list_clusters"): "clusters",
    ("rds", "describe_db_instances"): "DBInstances[].DBInstanceArn",
    ("rds", "describe_db_subnet_groups"): "DBSubnetGroups[].DBSubnetGroupArn",
    ("efs", "describe_file_systems"): "FileSystems[].FileSystemId",
    ("s3", "list_buckets"): "Buckets[].Name",
    ("iam", "list_roles"): "Roles[].RoleName",
    ("iam", "list_instance_profiles"): "InstanceProfiles[].InstanceProfileName",
    ("sqs", "list_queues"): "QueueUrls",
    ("events", "list_rules"): "Rules[].Name",
    ("logs", "describe_log_groups"): "logGroups[].logGroupName",
    ("amp", "list_workspaces"): "workspaces[].workspaceId",
    ("ssm", "describe_parameters"): "Parameters[].Name",
}
"""What the region holds, by the call that lists it; not what AWS keeps of a deployment: key, secrets, snapshot."""


class Account(Running):
    """
    A deployment of a name of its own, as small as the platform gets.

    + directory: where its inventory is kept
    + number, region: the account and where in it
    + cidr: the range this machine is seen from
    """

    limit = 2 * HOURS

    def __init__(self, directory: Path, number: str, region: str, cidr: str):
        self.directory, self.number, self.region = directory, number, region
        self.deployment = f"live-{secrets.token_hex(3)}"
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.inventory = directory / "live.py"
        settings = {
            **{"account_id": number, "region": region, "endpoint_public_cidrs": [cidr], "zones": 2},
            **{"db_instance_class": "db.t4g.medium", "db_multi_az": False, "db_deletion_protection": False, "db_backup_days": 0},
            **{"secret_recovery_days": 0, "skip_final_snapshot": True, "log_retention_days": 1},
        }
        self.inventory.write_text(f"deployments = [('@eks/{self.deployment}', {settings!r})]\n")
        self.held = self.holds()

    def refuse_another(self):
        """Nothing is made in an account that was not named."""
        caller = self.client("sts").get_caller_identity()
        assert caller["Account"] == self.number, f"the credentials belong to account {caller['Account']}, --account-id is {self.number}"

    def client(self, service):
        return boto3.client(service, region_name=self.region)

    def tool(self, tool, *words, stdin=None) -> str:
        """What an administrator does with helm or kubectl."""
        kubeconfig = Kubeconfig(Aws(self.region, print), self.deployment)
        try:
            environment = kubeconfig.environment(self.client("eks").describe_cluster(name=self.deployment)["cluster"])
            ran = subprocess.run([tools.path(tool), *words], env=environment, input=stdin, capture_output=True, text=True, timeout=900)
        finally:
            kubeconfig.close()
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def holds(self) -> set[str]:
        """What is in the region, and what is in the account."""
        found = set()
        for (service, action), path in HELD.items():
            client = self.client(service)
            answers = client.get_paginator(action).paginate() if client.can_paginate(action) else [getattr(client, action)()]
            found |= {f"{service} {name}" for answer in answers for name in jmespath.search(path, answer) or []}
        return found

    def remains(self) -> list[str]:
        """What is there that was not there before."""
        return sorted(self.holds() - self.held)

    def killed(self, verb, seconds):
        """Run a verb and end it after a while, with no chance to tidy up."""
        with (self.directory / f"killed-{verb}-{seconds}").open("wb") as told:
            process = subprocess.Popen(self.command(verb), cwd=ROOT, env=self.environment, stdout=told, stderr=told, start_new_session=True)
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
