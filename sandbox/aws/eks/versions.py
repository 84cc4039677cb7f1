"""Kubernetes versions of EKS: release, end of standard and of extended support."""

import datetime

from sandbox.aws.call import Call
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

DEFAULT = "1.36"
VERSIONS = {
    "1.37": ("2026-10-01", "2027-12-01", "2028-12-01", "1.37.1"),
    "1.36": ("2026-06-02", "2027-08-02", "2028-08-02", "1.36.3"),
    "1.35": ("2026-01-27", "2027-03-27", "2028-03-27", "1.35.6"),
    "1.34": ("2025-10-02", "2026-12-02", "2027-12-02", "1.34.9"),
    "1.33": ("2025-05-29", "2026-07-29", "2027-07-29", "1.33.13"),
    "1.32": ("2025-01-23", "2026-03-23", "2027-03-23", "1.32.13"),
    "1.31": ("2024-09-26", "2025-11-26", "2026-11-26", "1.31.14"),
}


def minor(version: str) -> int:
    return int(version.split(".")[1])


def is_offered(version: str) -> bool:
    """Whether a cluster of this version can be made today."""
    return version in VERSIONS and date(VERSIONS[version][2]) > datetime.datetime.now(datetime.timezone.utc)


def date(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


def status(version: str) -> str:
    """How a version is looked after today."""
    now = datetime.datetime.now(datetime.timezone.utc)
    _, standard, extended, _ = VERSIONS[version]
    return "UNSUPPORTED" if date(extended) < now else "EXTENDED_SUPPORT" if date(standard) < now else "STANDARD_SUPPORT"


def describe(version: str) -> dict:
    released, standard, extended, patch = VERSIONS[version]
    return {
        "clusterVersion": version,
        "clusterType": "eks",
        "defaultPlatformVersion": "eks.5",
        "defaultVersion": version == DEFAULT,
        "releaseDate": date(released),
        "endOfStandardSupportDate": date(standard),
        "endOfExtendedSupportDate": date(extended),
        "status": status(version).lower().replace("_", "-"),
        "versionStatus": status(version),
        "kubernetesPatchVersion": patch,
    }


@answers("eks", "DescribeClusterVersions")
def describe_cluster_versions(call: Call) -> dict:
    wanted = call.params
    versions = [describe(version) for version in VERSIONS]
    if not wanted.get("includeAll"):
        versions = [v for v in versions if v["versionStatus"] != "UNSUPPORTED"]
    if wanted.get("defaultOnly"):
        versions = [v for v in versions if v["defaultVersion"]]
    if wanted.get("clusterVersions"):
        versions = [v for v in versions if v["clusterVersion"] in wanted["clusterVersions"]]
    for key in ("status", "versionStatus"):
        if wanted.get(key):
            versions = [v for v in versions if v[key] == wanted[key]]
    versions, token = page(call, versions)
    return {"clusterVersions": versions, "nextToken": token}
