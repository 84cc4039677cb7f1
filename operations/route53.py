"""Operations on Route 53: the records of the UI's host name. The hosted zone is the account's and is never made or removed."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT_TAG, Ref
from facts.acm import Certificate, SharedProof
from facts.elbv2 import BalancerTags, LoadBalancer
from facts.route53 import HostedZones, Record
from operations.differ import Change, differing
from operations.foreign import absent
from operations.ownership import foreign, ours

GONE = ("NoSuchHostedZone", "InvalidChangeBatch")
TTL = 300
MARK = "_airflow-on-eks"
"""Where the TXT record beside a host name's says whose it is: ``_airflow-on-eks.airflow.example.com``."""

PROOF = "DomainValidationOptions[0].ResourceRecord"


@operation()
def validation(validation: str, zone: str | None = None, present: bool = True):
    """
    Add/remove the record by which Certificate Manager sees that the domain is ours; it is needed again whenever the certificate is renewed.

    + validation: Name tag of the certificate
    + zone: name of the hosted zone; the one that the certificate's domain is in when left out
    + present: whether it should exist

    **Idempotency:** a record that says something else is refused, and never removed; nor is one that proves a certificate of others too.
    Without its certificate there is nothing to remove.

    **Example:**

    .. code:: python

        route53.validation(validation="airflow-dev", zone="example.com", name="Proof of the domain")
    """
    certificate = host.get_fact(Certificate, certificate=validation)
    proof = (certificate or {}).get("DomainValidationOptions", [{}])[0].get("ResourceRecord")
    found = _required(zone) if present else _zone_of(certificate["DomainName"], zone) if proof else None
    now = host.get_fact(Record, record=proof["Name"], kind="CNAME", zone=found["Id"]) if proof and found else None
    now = _proving(validation, certificate, proof, now, present) if now else None
    if not present:
        if now:
            yield _changes("DELETE", found, now)
        else:
            absent("validation record of certificate", validation, now)
        return
    if now:
        host.noop(f"validation record of certificate {validation} is already present")
        return
    value = Ref(Certificate, f"{PROOF}.Value", certificate=validation)
    wanted = {"Name": Ref(Certificate, f"{PROOF}.Name", certificate=validation), "Type": "CNAME", "TTL": TTL, "ResourceRecords": [{"Value": value}]}
    yield _changes("UPSERT", found, wanted).because([Change("record", None, "present")])


@operation()
def alias(alias: str, domain: str | None = None, zone: str | None = None, load_balancer: str | None = None, present: bool = True):
    """
    Point a host name to a load balancer/take it away.

    + alias: Name tag of the certificate of the host name
    + domain: the host name; the certificate's when left out
    + zone: name of the hosted zone; the one the host name is in when left out
    + load_balancer: name of the load balancer
    + present: whether it should exist

    **Idempotency:** a record that points to another load balancer is put right. It is the deployment's if it points to a load balancer with its
    tag, or if the TXT record beside it, which is made with it, says so; any other is refused, and never removed.

    **Example:**

    .. code:: python

        route53.alias(alias="airflow-dev", domain="airflow.example.com", zone="example.com", load_balancer="airflow-dev", name="Host name of the UI")
    """
    domain = domain or (host.get_fact(Certificate, certificate=alias) or {}).get("DomainName")
    found = _required(zone) if present else domain and _zone_of(domain, zone)
    now, mark = _own(domain, found, present) if found else (None, None)
    if not present:
        if now or mark:
            yield _changes("DELETE", found, *filter(None, (now, mark)))
        else:
            absent("record of", alias, now)
        return
    address = Ref(LoadBalancer, "DNSName", load_balancer=load_balancer)
    changes = differing({"target": _address(now)}, target=address) if now else (Change("record", None, "present"),)
    if changes:
        target = {"DNSName": address, "HostedZoneId": Ref(LoadBalancer, "CanonicalHostedZoneId", load_balancer=load_balancer), "EvaluateTargetHealth": False}
        says = {"Name": f"{MARK}.{domain}", "Type": "TXT", "TTL": TTL, "ResourceRecords": [{"Value": _says()}]}
        yield _changes("UPSERT", found, {"Name": domain, "Type": "A", "AliasTarget": target}, says).because(changes)
    else:
        host.noop(f"record {domain} is already present")


def _own(domain: str, zone: dict, present: bool):
    """The host name's record and the one beside it, where they are the deployment's."""
    now = host.get_fact(Record, record=domain, kind="A", zone=zone["Id"])
    mark = host.get_fact(Record, record=f"{MARK}.{domain}", kind="TXT", zone=zone["Id"])
    values = [record["Value"] for record in (mark or {}).get("ResourceRecords", [])]
    if (now or mark) and _says() not in values and not (now and _to_ours(now)):
        why = f"points to no load balancer with the deployment's tag, nor does the TXT record {MARK}.{domain} say {_says()}"
        return foreign("record", domain, why, f"make that TXT record {_says()}", present), None
    return now, mark


def _to_ours(record: dict) -> bool:
    return ours(host.get_fact(BalancerTags, address=_address(record)) if record.get("AliasTarget") else None)


def _says() -> str:
    return f'"{DEPLOYMENT_TAG}={host.data.deployment}"'


def _proving(validation: str, certificate: dict, proof: dict, now: dict, present: bool):
    """The record, if it proves our certificate and, where it is to go, no other's."""
    if [record["Value"] for record in now.get("ResourceRecords", [])] != [proof["Value"]]:
        return foreign("validation record of certificate", validation, f"does not say {proof['Value']}", f"let {proof['Name']} say that", present)
    others = [] if present else [arn for arn in host.get_fact(SharedProof, domain=certificate["DomainName"]) or [] if arn != certificate["CertificateArn"]]
    return foreign("validation record of certificate", validation, f"proves {others[0]} too", "", present) if others else now


def _changes(action: str, zone: dict, *records: dict) -> AwsCall:
    fields = ("Name", "Type", "TTL", "ResourceRecords", "AliasTarget")
    batch = [{"Action": action, "ResourceRecordSet": {key: record[key] for key in fields if record.get(key)}} for record in records]
    missing = GONE if action == "DELETE" else ()
    return AwsCall("route53", "change_resource_record_sets", missing=missing, HostedZoneId=zone["Id"], ChangeBatch={"Changes": batch})


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
