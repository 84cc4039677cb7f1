"""What an instance was given, as DescribeDBInstances shows it."""

from typing import Any

SAME = (
    "MultiAZ", "StorageEncrypted", "BackupRetentionPeriod", "DeletionProtection", "CopyTagsToSnapshot",
    "PubliclyAccessible", "PreferredMaintenanceWindow", "PreferredBackupWindow", "MaxAllocatedStorage",
    "AutoMinorVersionUpgrade", "DBName", "StorageType", "AllocatedStorage", "Iops", "StorageThroughput",
    "MonitoringInterval", "MonitoringRoleArn", "KmsKeyId", "CACertificateIdentifier", "NetworkType", "EngineVersion",
    "DBInstanceClass", "MasterUsername", "LicenseModel", "EngineLifecycleSupport", "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod", "DatabaseInsightsMode", "DedicatedLogVolume", "AvailabilityZone",
    "BackupTarget",
)  # fmt: skip
RENAMED = {
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
}
DEFAULTS = {
    "MultiAZ": False,
    "StorageEncrypted": False,
    "BackupRetentionPeriod": 1,
    "DeletionProtection": False,
    "CopyTagsToSnapshot": False,
    "PubliclyAccessible": False,
    "PreferredMaintenanceWindow": "wed:06:38-wed:07:08",
    "PreferredBackupWindow": "03:14-03:44",
    "AutoMinorVersionUpgrade": True,
    "MonitoringInterval": 0,
    "CACertificateIdentifier": "rds-ca-rsa2048-g1",
    "NetworkType": "IPV4",
    "LicenseModel": "postgresql-license",
    "EngineLifecycleSupport": "open-source-rds-extended-support",
    "PerformanceInsightsEnabled": False,
    "IAMDatabaseAuthenticationEnabled": False,
    "StorageType": "gp3",
    "DatabaseInsightsMode": "standard",
    "DedicatedLogVolume": False,
    "BackupTarget": "region",
}
LISTS = ("EnabledCloudwatchLogsExports",)


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """The described fields that a request sets."""
    fields = {name: params[name] for name in SAME if params.get(name) is not None}
    fields |= {described: params[given] for given, described in RENAMED.items() if params.get(given) is not None}
    if "PreferredMaintenanceWindow" in fields:
        fields["PreferredMaintenanceWindow"] = fields["PreferredMaintenanceWindow"].lower()
    if params.get("VpcSecurityGroupIds"):
        fields["VpcSecurityGroups"] = [{"VpcSecurityGroupId": group, "Status": "active"} for group in params["VpcSecurityGroupIds"]]
    if params.get("DBParameterGroupName"):
        group = {"DBParameterGroupName": params["DBParameterGroupName"], "ParameterApplyStatus": "in-sync"}
        fields["DBParameterGroups"] = [group]
    return fields
