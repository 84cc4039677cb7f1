"""The metadata database: started early, waited for just before Airflow."""

from __future__ import annotations

from connectors.commands.reference import Ref
from connectors.kubernetes.manifest import values
from deploys.platform.airflow_pool import connections
from deploys.sets import keys, manifest
from deploys.want import Want, strays, want
from facts.ec2 import SecurityGroup
from facts.secrets import SecretValue
from operations import backups, ec2, logs, rds
from operations.strays import strays as watch
from settings import Settings

LOGS = ("postgresql", "upgrade")
"""What RDS exports to CloudWatch. The groups are made first: RDS would make them without retention, and leaves them behind."""

PARAMETERS = {"rds.force_ssl": "1"}
CERTIFICATE = "rds-ca-rsa2048-g1"


def database(settings: Settings) -> list[Want]:
    """PostgreSQL in subnets without a way out, open to the nodes alone, unless there is a server; `database_ready` waits for it."""
    if settings.db_endpoint:
        return []
    group = f"{settings.deployment}-database"
    parameters = f"{settings.deployment}-{settings.db_parameter_family}"
    return [
        want(
            ec2.security_group,
            group,
            vpc=settings.vpc,
            description="PostgreSQL for the nodes",
            ingress=[{"port": 5432, "group": f"{settings.deployment}-nodes"}],
            egress=[],
        ),
        want(rds.subnet_group, settings.deployment, subnets=[subnet.name for subnet in settings.subnets("database")]),
        want(rds.parameter_group, parameters, family=settings.db_parameter_family, parameters=PARAMETERS),
        strays(watch, "rds.parameter_group", listed=[parameters]),
        *(want(logs.log_group, f"/aws/rds/instance/{settings.deployment}/{log}", retention_days=settings.log_retention_days) for log in LOGS),
        want(
            rds.instance,
            settings.deployment,
            version=settings.db_engine_version,
            instance_class=settings.db_instance_class,
            connections=connections(values("airflow", settings.values_of("airflow"))),
            storage=settings.db_storage,
            storage_max=settings.db_storage_max,
            username=settings.db_master,
            password=Ref(SecretValue, secret=settings.secret("database/master")),
            subnet_group=settings.deployment,
            parameter_group=parameters,
            security_groups=[Ref(SecurityGroup, "GroupId", group=group)],
            multi_az=settings.db_multi_az,
            backup_days=settings.db_backup_days,
            log_exports=list(LOGS),
            certificate=CERTIFICATE,
            **_removal(settings),
        ),
    ]


def database_ready(settings: Settings) -> list[Want]:
    """The database, available; mirrored, the start of its removal."""
    if settings.db_endpoint:
        return []
    name = settings.deployment
    return [
        want(rds.available, name, **_removal(settings)),
        want(backups.last, name, keys=keys(settings), manifest=manifest(settings), final_snapshot=not settings.skip_final_snapshot),
    ]


def _removal(settings: Settings) -> dict:
    return {"deletion_protection": settings.db_deletion_protection, "final_snapshot": not settings.skip_final_snapshot}
