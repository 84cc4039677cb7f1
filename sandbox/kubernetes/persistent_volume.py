"""The PersistentVolume that a CSI provisioner makes for a claim."""

import hashlib

PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"
ZONE = "topology.kubernetes.io/zone"


def name_of(claim: dict) -> str:
    """What the volume of a claim is called."""
    return f"pvc-{claim['metadata']['uid']}"


def plausible_handle(driver: str, claim: dict, storage_class: dict) -> str:
    """A volume handle of the driver's form, the same for the same claim."""
    digest = hashlib.sha256(claim["metadata"]["uid"].encode()).hexdigest()[:17]
    if driver == "efs.csi.aws.com":
        return f"{storage_class.get('parameters', {}).get('fileSystemId', 'fs-' + digest)}::fsap-{digest}"
    return f"vol-{digest}"


def refusal(driver: str, claim: dict, storage_class: dict) -> str | None:
    """Why the driver would not make a volume for this claim, if so."""
    modes = set(claim["spec"].get("accessModes", []))
    if driver == "ebs.csi.aws.com" and "ReadWriteMany" in modes and claim["spec"].get("volumeMode") != "Block":
        return "an EBS volume cannot be ReadWriteMany"
    if driver == "efs.csi.aws.com":
        parameters = storage_class.get("parameters") or {}
        if parameters.get("provisioningMode") != "efs-ap":
            return f"storage class {storage_class['metadata']['name']} has no parameter provisioningMode: efs-ap"
        if not parameters.get("fileSystemId"):
            return f"storage class {storage_class['metadata']['name']} has no parameter fileSystemId"
    return None


def persistent_volume(driver: str, handle: str, claim: dict, storage_class: dict, node: dict | None) -> dict:
    """
    The volume, bound to its claim.

    + handle: what the driver knows it by
    + node: the node that the claim's first pod goes to, whose zone an EBS volume is tied to; ``None`` ties it to none
    """
    metadata, spec = claim["metadata"], claim["spec"]
    policy = storage_class.get("reclaimPolicy", "Delete")
    source = {"driver": driver, "volumeHandle": handle}
    if driver == "ebs.csi.aws.com":
        source["fsType"] = (storage_class.get("parameters") or {}).get("csi.storage.k8s.io/fstype", "ext4")
    zone = (node or {}).get("metadata", {}).get("labels", {}).get(ZONE)
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": name_of(claim),
            "annotations": {PROVISIONED_BY: driver},
            "finalizers": ["kubernetes.io/pv-protection", *([FINALIZER] if policy == "Delete" else [])],
        },
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "storageClassName": storage_class["metadata"]["name"],
            "persistentVolumeReclaimPolicy": policy,
            "mountOptions": storage_class.get("mountOptions"),
            "csi": source,
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
                "resourceVersion": metadata["resourceVersion"],
            },
        },
    }
    if zone and driver == "ebs.csi.aws.com":
        terms = [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}]
        volume["spec"]["nodeAffinity"] = {"required": {"nodeSelectorTerms": terms}}
    return volume
