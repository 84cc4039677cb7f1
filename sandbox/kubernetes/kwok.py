"""What kwok, who plays the kubelets, is told."""

import json

import yaml

from sandbox.kubernetes import manifests

PLAYED_BY = "sandbox/played-by"
"""The annotation by which a node that runs processes leaves one of its pods to kwok."""


def stages(processes: tuple[str, ...] = ()) -> str:
    """
    kwok's configuration: `kubelet.yaml`, with a line in the selector of each pod's stage.

    + processes: namespaces whose pods kwok leaves alone, but for those that are left to it
    """
    documents = manifests.load("kubelet.yaml")
    given = json.dumps(list(processes))
    left_alone = f'select((.metadata.namespace | IN({given}[])) and .metadata.annotations["{PLAYED_BY}"] != "kwok") | .metadata.uid'
    for stage in documents if processes else ():
        if stage["spec"]["resourceRef"]["kind"] == "Pod":
            stage["spec"]["selector"]["matchExpressions"].append({"key": left_alone, "operator": "DoesNotExist"})
    return yaml.safe_dump_all(documents, sort_keys=False)
