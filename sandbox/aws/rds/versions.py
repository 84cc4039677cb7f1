"""PostgreSQL versions RDS offers."""

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

VERSIONS = {"18": ("18.1", "18.3"), "17": ("17.4", "17.5", "17.6", "17.7", "17.9"), "16": ("16.8", "16.9", "16.11", "16.13")}
VERSIONS |= {"15": ("15.12", "15.13", "15.15", "15.17"), "14": ("14.17", "14.18", "14.20", "14.22"), "13": ("13.20", "13.21", "13.23")}
ALL = [version for major in sorted(VERSIONS, key=int) for version in VERSIONS[major]]
TOGETHER = (
    ("17.4", "16.8", "15.12", "14.17", "13.20"),
    ("17.5", "16.9", "15.13", "14.18", "13.21"),
    ("17.6",),
    ("18.1", "17.7", "16.11", "15.15", "14.20", "13.23"),
    ("18.3", "17.9", "16.13", "15.17", "14.22"),
)
"""What the PostgreSQL project released together: no major upgrade goes to a minor version that is older than the one it comes from."""

DEFAULTS = {"18": "18.1", "17": "17.7", "16": "16.11", "15": "15.15", "14": "14.20", "13": "13.23"}
DEFAULT = "17.7"


def resolve(version: str | None) -> str:
    """`17` is RDS's default of that major version."""
    version = version or DEFAULT
    if version in DEFAULTS:
        return DEFAULTS[version]
    if version not in ALL:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for postgres")
    return version


def family(version: str) -> str:
    return f"postgres{version.split('.')[0]}"


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def targets(version: str) -> list[str]:
    """Where an upgrade may go from a version."""

    def released(name: str) -> int:
        return next(number for number, names in enumerate(TOGETHER) if name in names)

    return [other for other in ALL if numbers(other) > numbers(version) and released(other) >= released(version)]


@answers("rds", "DescribeDBEngineVersions")
def describe_db_engine_versions(call: Call) -> dict:
    given = call.params
    found = [] if given.get("Engine") not in (None, "postgres") else list(ALL)
    wanted = given.get("EngineVersion")
    if wanted:
        found = [version for version in found if wanted in (version, version.split(".")[0])]
    if given.get("DBParameterGroupFamily"):
        found = [version for version in found if family(version) == given["DBParameterGroupFamily"]]
    if given.get("DefaultOnly"):
        found = [version for version in found if version in (DEFAULTS.values() if wanted else [DEFAULT])]
    return {"DBEngineVersions": [describe(version) for version in found]}


def describe(version: str) -> dict:
    return {
        "Engine": "postgres",
        "EngineVersion": version,
        "MajorEngineVersion": version.split(".")[0],
        "DBParameterGroupFamily": family(version),
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {version}-R1",
        "Status": "available",
        "ExportableLogTypes": ["iam-db-auth-error", "postgresql", "upgrade"],
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "SupportedCACertificateIdentifiers": ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"],
        "SupportsCertificateRotationWithoutRestart": True,
        "ValidUpgradeTarget": [
            {
                "Engine": "postgres",
                "EngineVersion": other,
                "Description": f"PostgreSQL {other}-R1",
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": other.split(".")[0] != version.split(".")[0],
            }
            for other in targets(version)
        ],
    }
