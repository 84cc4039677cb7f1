"""The data a cleanup destroys: told before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyinfra.context import host

from deploys.plan import side_by_side
from deploys.want import Want
from facts.amp import Workspace
from facts.ec2 import ClaimVolumes
from facts.efs import FileSystem
from facts.rds import FreeStorage, Instance
from facts.s3 import Bucket, BucketTags, Contents
from facts.secrets import SecretNames
from operations.k8s.guests import guests
from operations.ownership import ours
from operations.rds.instances import NO_SNAPSHOT
from settings import Settings

GIB = 2**30

GUESTS = "guests"
"""What others run in the cluster: none of the deployment's, and it goes all the same."""


@dataclass(frozen=True)
class Risk:
    """
    Data that goes with a thing.

    + kind, thing: what holds it
    + size: how much it is, for a person
    + fate: what becomes of it
    + bytes: how much it is, ``None`` where AWS does not say
    + count: how many things or objects
    """

    kind: str
    thing: str
    size: str
    fate: str
    bytes: int | None = None
    count: int = 1

    def __str__(self):
        return f"{self.kind} {self.thing} ({self.size})" if self.size else f"{self.kind} {self.thing}"


def at_risk(settings: Settings, wants: list[Want]) -> list[Risk]:
    """The data of the deployment's own things, in the order of their weight; only reads are sent, side by side."""
    looks = [_database, _buckets, _file_system, _volumes, _workspace, _secrets, _guests]
    return [risk for risks in side_by_side(lambda look: list(look(settings, wants)), looks) for risk in risks]


def told(risks: list[Risk]) -> list[str]:
    """The risks as a table, a line each; nothing when there are none."""
    rows = [(risk.kind, risk.thing, risk.size, risk.fate) for risk in risks]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip() for row in rows]
    return ["data that goes:", *(f"    {line}" for line in lines)] if rows else []


def tell_risks(risks: list[Risk]) -> None:
    """Show them."""
    for line in told(risks):
        host.log_styled(line, fg="red")


def _database(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    name = settings.deployment
    now = host.get_fact(Instance, instance=name)
    if not now or now["DBInstanceStatus"] == "deleting" or not ours(now.get("TagList")):
        return
    allocated, free = now["AllocatedStorage"] * GIB, host.get_fact(FreeStorage, instance=name)
    used = None if free is None else allocated - int(free)
    size = f"{now['AllocatedStorage']} GiB allocated" + (f", {human(used)} used" if used is not None else "")
    if settings.skip_final_snapshot:
        fate = "gone: skip_final_snapshot is true"
    elif now["DBInstanceStatus"] in NO_SNAPSHOT:
        fate = f"gone: RDS makes no snapshot of a database that is {now['DBInstanceStatus']}"
    else:
        fate = f"kept as backup set final-<time>: snapshot {name}-final-<time> and Airflow's keys; its automated backups go"
    yield Risk("database", name, size, fate, bytes=used if used is not None else allocated)


def _buckets(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    for bucket in (want.subject for want in wants if want.kind == "s3.bucket"):
        if not host.get_fact(Bucket, bucket=bucket) or not ours(host.get_fact(BucketTags, bucket=bucket)):
            continue
        found = host.get_fact(Contents, bucket=bucket)
        if found and (number := found["versions"]):
            more = "more than " if found["more"] else ""
            size = f"{more}{number} object{'' if number == 1 else 's'}, {more}{human(found['bytes'])}"
            yield Risk("bucket", bucket, size, "gone, with every version", found["bytes"], number)


def _file_system(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    now = host.get_fact(FileSystem, file_system=settings.deployment)
    if now and now["LifeCycleState"] != "deleting" and ours(now["Tags"]):
        size = now["SizeInBytes"]["Value"]
        yield Risk("file system", f"{now.get('Name') or settings.deployment} {now['FileSystemId']}", human(size), "gone: it is not backed up", size)


def _volumes(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    found = host.get_fact(ClaimVolumes, cluster=settings.deployment) or []
    volumes = [volume for volume in found if volume["State"] != "deleting" and ours(volume["Tags"])]
    if volumes:
        size = sum(volume["Size"] for volume in volumes)
        yield Risk("volumes", f"of {len(volumes)} claims", f"{size} GiB", "gone", size * GIB, len(volumes))


def _workspace(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    now = host.get_fact(Workspace, workspace=settings.deployment)
    if now and ours(now.get("tags")):
        yield Risk("Prometheus workspace", f"{settings.deployment} {now['workspaceId']}", "", "gone, with its metrics")


def _secrets(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    if names := host.get_fact(SecretNames):
        days = settings.secret_recovery_days
        fate = f"can be restored for {days} days" if days else "gone at once: secret_recovery_days is 0"
        yield Risk("secrets", f"{settings.deployment}/*", f"{len(names)}", fate, count=len(names))


def _guests(settings: Settings, wants: list[Want]) -> Iterator[Risk]:
    for namespace, kinds in sorted(guests(settings.deployment).items()):
        yield Risk(GUESTS, f"in namespace {namespace}", by_kind(kinds), "gone with the cluster, which is not theirs", count=sum(kinds.values()))


def by_kind(kinds: Counter) -> str:
    """
    Things as a person counts them: ``Deployment ×2, Service``.

    + kinds: how many there are of each
    """
    return ", ".join(kind if number == 1 else f"{kind} ×{number}" for kind, number in kinds.items())


def human(number: float) -> str:
    """
    Bytes as a person says them: ``1.5 GiB``.

    + number: of bytes
    """
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if number < 1024 or unit == "TiB":
            break
        number /= 1024
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
