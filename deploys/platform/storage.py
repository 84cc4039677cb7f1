"""What keeps files: the file system for DAGs, the bucket for task logs."""

from __future__ import annotations

from connectors.commands.reference import Ref
from deploys.platform.policies import mounted_over_tls, tls_only
from deploys.want import Want, strays, want
from facts.ec2 import SecurityGroup
from facts.efs import FileSystem
from operations import ec2, efs, s3
from operations.strays import strays as watch
from settings import Settings


def storage(settings: Settings) -> list[Want]:
    """The file system with a mount target in each zone, open to the nodes alone, and the log bucket; `storage_ready` waits."""
    group = f"{settings.deployment}-efs"
    file_system = settings.deployment
    return [
        want(
            ec2.security_group,
            group,
            vpc=settings.vpc,
            description="NFS for the nodes",
            ingress=[{"port": 2049, "group": f"{settings.deployment}-nodes"}],
            egress=[],
        ),
        want(efs.file_system, file_system, backup=False, policy=mounted_over_tls(Ref(FileSystem, "FileSystemArn", file_system=file_system))),
        *(
            want(
                efs.mount_target,
                f"{file_system}-{subnet.zone}",
                file_system=file_system,
                subnet=subnet.name,
                security_groups=[Ref(SecurityGroup, "GroupId", group=group)],
            )
            for subnet in settings.one_in_each_zone("private")
        ),
        strays(watch, "efs.mount_target", listed=[f"{file_system}-{zone}" for zone in settings.zones], within={"file_system": file_system}),
        *_log_bucket(settings),
    ]


def _log_bucket(settings: Settings) -> list[Want]:
    """A bucket for task logs, where there is none already."""
    bucket, _ = settings.logs_folder
    if settings.logs_bucket:
        return []
    return [
        want(
            s3.bucket,
            bucket,
            region=settings.region,
            policy=tls_only(settings.arn("s3", bucket, region=False, account=False)),
            infrequent_access_days=settings.logs_infrequent_access_days,
            expire_days=settings.logs_expire_days,
        )
    ]


def storage_ready(settings: Settings) -> list[Want]:
    """The file system, mountable in each zone; mirrored, the start of the removal of its mount targets."""
    return [want(efs.available, settings.deployment)]
