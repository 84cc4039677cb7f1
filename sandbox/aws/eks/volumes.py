"""The volumes and access points that the CSI drivers' controllers make in AWS."""

from moto.ec2.models import ec2_backends
from moto.efs.models import efs_backends

from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster
from sandbox.aws.eks.driver_tags import extra_tags, refusal

SIZES = {"Gi": 1, "Ti": 1024, "Mi": 1 / 1024, "G": 1, "T": 1024}


def create(cluster: Cluster, driver: str, claim: dict, storage_class: dict) -> str:
    """The handle of a volume made for a claim, as the driver names it."""
    with lock:
        return create_access_point(cluster, claim, storage_class) if driver.startswith("efs") else create_volume(cluster, claim, storage_class)


def delete(cluster: Cluster, driver: str, handle: str) -> None:
    """Also of a volume that is gone already."""
    with lock:
        if driver.startswith("efs"):
            efs_backends[cluster.account][cluster.region].access_points.pop(handle.rpartition(":")[2], None)
            return
        ec2 = ec2_backends[cluster.account][cluster.region]
        if handle in ec2.volumes:
            volume = ec2.volumes[handle]
            if volume.attachment:
                ec2.detach_volume(handle, volume.attachment.instance.id, volume.attachment.device)
            ec2.delete_volume(handle)


def tags_of(cluster: Cluster, claim: dict, parameters: dict) -> dict[str, str]:
    metadata = claim["metadata"]
    specified = [value.split("=", 1) for key, value in parameters.items() if key.startswith("tagSpecification_")]
    return {
        "KubernetesCluster": cluster.name,
        f"kubernetes.io/cluster/{cluster.name}": "owned",
        "kubernetes.io/created-for/pvc/name": metadata["name"],
        "kubernetes.io/created-for/pvc/namespace": metadata["namespace"],
        "kubernetes.io/created-for/pv/name": f"pvc-{metadata['uid']}",
    } | {**extra_tags(cluster, "aws-ebs-csi-driver"), **dict(specified)}


def create_volume(cluster: Cluster, claim: dict, storage_class: dict) -> str:
    parameters = storage_class.get("parameters") or {}
    ec2 = ec2_backends[cluster.account][cluster.region]
    volume = ec2.create_volume(
        size=gibibytes(claim["spec"]["resources"]["requests"]["storage"]),
        zone_name=zone_of(cluster, claim),
        encrypted=parameters.get("encrypted") == "true",
        kms_key_id=parameters.get("kmsKeyId"),
        volume_type=parameters.get("type", "gp3"),
    )
    volume.add_tags(
        tags_of(cluster, claim, parameters)
        | {"ebs.csi.aws.com/cluster": "true", "ebs.csi.aws.com/cluster-name": cluster.name}
        | {"CSIVolumeName": f"pvc-{claim['metadata']['uid']}", "Name": f"{cluster.name}-dynamic-pvc-{claim['metadata']['uid']}"}
    )
    return volume.id


def zone_of(cluster: Cluster, claim: dict) -> str:
    """Of the node that was selected for the claim's first pod."""
    ec2 = ec2_backends[cluster.account][cluster.region]
    node = claim["metadata"].get("annotations", {}).get("volume.kubernetes.io/selected-node")
    for instance in (i for reservation in ec2.reservations.values() for i in reservation.instances):
        if instance.state == "running" and instance.private_dns_name == node:
            return instance.placement.zone
    subnet = cluster.description["resourcesVpcConfig"]["subnetIds"][0]
    return ec2.get_subnet(subnet).availability_zone


def create_access_point(cluster: Cluster, claim: dict, storage_class: dict) -> str:
    parameters = storage_class.get("parameters") or {}
    efs = efs_backends[cluster.account][cluster.region]
    file_system = parameters.get("fileSystemId", "")
    if file_system not in efs.file_systems_by_id:
        raise ValueError(f"Failed to fetch File System info: FileSystemNotFound: File system '{file_system}' does not exist.")
    if not efs.mount_targets_by_id or not any(t.file_system_id == file_system for t in efs.mount_targets_by_id.values()):
        raise ValueError(f"Failed to fetch Mount Targets: file system {file_system} has no mount target")
    tags = {**extra_tags(cluster, "aws-efs-csi-driver"), "efs.csi.aws.com/cluster": "true"}
    if why := refusal(cluster, tags):
        raise ValueError(why)
    uid = claim["metadata"]["uid"]
    point = efs.create_access_point(
        client_token=uid,
        tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        file_system_id=file_system,
        posix_user={"Uid": int(parameters.get("uid", 50000)), "Gid": int(parameters.get("gid", 50000))},
        root_directory={"Path": f"{parameters.get('basePath', '')}/pvc-{uid}"},
    )
    return f"{file_system}::{point.access_point_id}"


def gibibytes(quantity: str) -> int:
    unit = quantity.lstrip("0123456789.")
    number = float(quantity[: len(quantity) - len(unit)])
    return max(1, round(number * SIZES.get(unit, 1 / 2**30)))
