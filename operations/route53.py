"""Operations on Route 53: the records of the UI's host name. The hosted zone is the account's and is never made or removed."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.acm import Certificate
from facts.elbv2 import LoadBalancer
from facts.route53 import HostedZones, Record
from operations.differ import Change, differing

GONE = ("NoSuchHostedZone", "InvalidChangeBatch")
TTL = 300
PROOF = "DomainValidationOptions[0].ResourceRecord"


@operation()
def validation(validation: str, zone: str | None = None, present: bool = True):
    """
    Add/remove the record by which Certificate Manager sees that the domain is ours; it is needed again whenever the certificate is renewed.

    + validation: Name tag of the certificate
    + zone: name of the hosted zone; the one that the certificate's domain is in when left out
    + present: whether it should exist

    **Idempotency:** a record that says something else is put right. Without its certificate there is nothing to remove.

    **Example:**

    .. code:: python

        route53.validation(validation="airflow-dev", zone="example.com", name="Proof of the domain")
    """
    certificate = host.get_fact(Certificate, certificate=validation)
    proof = (certificate or {}).get("DomainValidationOptions", [{}])[0].get("ResourceRecord")
    if not present:
        found = _zone_of(certificate["DomainName"], zone) if proof else None
        now = host.get_fact(Record, record=proof["Name"], kind="CNAME", zone=found["Id"]) if found else None
        if now:
            yield _change("DELETE", found, now)
        else:
            host.noop(f"validation record of certificate {validation} is already absent")
        return
    found = _required(zone)
    now = host.get_fact(Record, record=proof["Name"], kind="CNAME", zone=found["Id"]) if proof else None
    value = Ref(Certificate, f"{PROOF}.Value", certificate=validation)
    wanted = {"Name": Ref(Certificate, f"{PROOF}.Name", certificate=validation), "Type": "CNAME", "TTL": TTL, "ResourceRecords": [{"Value": value}]}
    changes = differing(now, ResourceRecords=wanted["ResourceRecords"]) if now else (Change("record", None, "present"),)
    if changes:
        yield _change("UPSERT", found, wanted).because(changes)
    else:
        host.noop(f"validation record of certificate {validation} is already present")


@operation()
def alias(alias: str, domain: str | None = None, zone: str | None = None, load_balancer: str | None = None, present: bool = True):
    """
    Point a host name to a load balancer/take it away.

    + alias: Name tag of the certificate of the host name
    + domain: the host name; the certificate's when left out
    + zone: name of the hosted zone; the one the host name is in when left out
    + load_balancer: name of the load balancer
    + present: whether it should exist

    **Idempotency:** a record that points to another load balancer is put right; one that is none of a load balancer's is refused, and never removed.

    **Example:**

    .. code:: python

        route53.alias(alias="airflow-dev", domain="airflow.example.com", zone="example.com", load_balancer="airflow-dev", name="Host name of the UI")
    """
    domain = domain or (host.get_fact(Certificate, certificate=alias) or {}).get("DomainName")
    found = _required(zone) if present else domain and _zone_of(domain, zone)
    now = host.get_fact(Record, record=domain, kind="A", zone=found["Id"]) if found else None
    ours = now and ".elb." in now.get("AliasTarget", {}).get("DNSName", "")
    if not present:
        if ours:
            yield _change("DELETE", found, now)
        else:
            host.noop(f"record of {alias} is already absent" if not now else f"record {domain} points to no load balancer and is left alone")
        return
    if now and not ours:
        raise OperationError(f"record {domain} is there and points to no load balancer: remove it, or choose another domain")
    address = Ref(LoadBalancer, "DNSName", load_balancer=load_balancer)
    changes = differing({"target": _address(now)}, target=address) if now else (Change("record", None, "present"),)
    if changes:
        target = {"DNSName": address, "HostedZoneId": Ref(LoadBalancer, "CanonicalHostedZoneId", load_balancer=load_balancer), "EvaluateTargetHealth": False}
        yield _change("UPSERT", found, {"Name": domain, "Type": "A", "AliasTarget": target}).because(changes)
    else:
        host.noop(f"record {domain} is already present")


def _change(action, zone, record):
    given = {key: record[key] for key in ("Name", "Type", "TTL", "ResourceRecords", "AliasTarget") if record.get(key)}
    missing = GONE if action == "DELETE" else ()
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": given}]}
    return AwsCall("route53", "change_resource_record_sets", missing=missing, HostedZoneId=zone["Id"], ChangeBatch=batch)


def _address(record) -> str:
    return record["AliasTarget"]["DNSName"].rstrip(".").removeprefix("dualstack.")


def _required(zone):
    found = _zone_of(zone, zone)
    if not found:
        raise OperationError(f"hosted zone {zone} is not among the account's public zones: make it, or name another with the setting hosted_zone")
    return found


def _zone_of(domain, zone):
    zones = host.get_fact(HostedZones) or []
    holding = [item for item in zones if (item["Name"] == f"{zone}." if zone else f".{domain}.".endswith(f".{item['Name']}"))]
    return max(holding, key=lambda item: len(item["Name"]), default=None)
