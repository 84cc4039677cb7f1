"""Operations on RDS: the metadata database and its groups."""

from operations.rds.existing import existing_database
from operations.rds.groups import parameter_group, subnet_group
from operations.rds.instances import available, instance
from operations.rds.snapshots import kept, snapshot

__all__ = ["available", "existing_database", "instance", "kept", "parameter_group", "snapshot", "subnet_group"]
