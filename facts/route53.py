"""Facts about Route 53."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


class HostedZones(AwsFact):
    """
    Returns the public hosted zones of the account: ``Id``, ``Name`` with a dot at its end.
    """

    pick = "HostedZones[?!(Config.PrivateZone)]"

    def command(self):
        return AwsCall("route53", "list_hosted_zones")


class Record(AwsFact):
    """
    Returns a record of a hosted zone, or ``None``: ``Name``, ``Type``, ``TTL`` and ``ResourceRecords``, or ``AliasTarget``.

    + record: its name
    + kind: its type, ``A`` or ``CNAME``
    + zone: ``Id`` of the hosted zone

    .. code:: python

        {"Name": "airflow.example.com.", "Type": "A", "AliasTarget": {"DNSName": "dualstack.internal-airflow-dev-1.us-west-2.elb.amazonaws.com.", ...}}
    """

    def command(self, record, kind, zone):
        self.pick = f"ResourceRecordSets[?Name=='{record.rstrip('.')}.' && Type=='{kind}'] | [0]"
        return AwsCall("route53", "list_resource_record_sets", missing=("NoSuchHostedZone",), HostedZoneId=zone)
