"""Facts about backup sets: the snapshots of a deployment's database, and the secrets with the keys to them."""

from __future__ import annotations

from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import BACKUP_TAG, DEPLOYMENT_TAG
from facts.aws import AwsFact, tagged
from facts.secrets import kept_as, ours


class Snapshots(AwsFact):
    """
    Returns the snapshots of a deployment's backup sets, its final ones among them: ``DBSnapshotIdentifier``, ``Status``, ``SnapshotCreateTime``,
    ``TagList``.

    + instance: the identifier of the instance, whether it is there or not
    """

    def command(self, instance):
        self.pick = f"DBSnapshots[?TagList[?Key=='{BACKUP_TAG}'] && {_tagged(DEPLOYMENT_TAG, instance)} && Status!='failed']"
        return AwsCall("rds", "describe_db_snapshots", DBInstanceIdentifier=instance, SnapshotType="manual")


class BackupNames(AwsFact):
    """
    Returns the ids of the backup sets whose keys are kept, as Secrets Manager's list has them: it may be minutes old.
    """

    def command(self):
        return ours()

    def process(self, output):
        begins = kept_as(host.data.deployment, "")
        self.pick = f"SecretList[?{tagged(DEPLOYMENT_TAG, host.data.deployment)} && starts_with(Name, '{begins}')].Name"
        return [name.removeprefix(begins) for name in super().process(output)]


def _tagged(key: str, value: str) -> str:
    """JMESPath condition: one of the thing's ``TagList`` is this."""
    return f"TagList[?Key=='{key}' && Value=='{value}']"
