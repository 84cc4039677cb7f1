"""EKS's AL2023 images and the public parameters that name them."""

import datetime
import hashlib
import re

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ssm.models import Parameter, ssm_backends

from sandbox.aws.call import Call
from sandbox.aws.eks.versions import VERSIONS
from sandbox.aws.rules import refuses

RELEASES = ("v20261023", "v20261112", "v20261119")
"""The days there are images of, the last one recommended. Source: https://github.com/awslabs/amazon-eks-ami/releases"""

OWNER = "602401143452"
PATH = re.compile(
    r"/aws/service/eks/optimized-ami/(?P<version>1\.\d+)/amazon-linux-2023/(?P<arch>x86_64|arm64)/(?P<variant>standard|nvidia|neuron)"
    r"/(?P<release>recommended|amazon-eks-node-al2023-[a-z0-9_.-]+)/image_id"
)


@refuses("ssm", "GetParameter", "GetParameters")
def publish(call: Call) -> None:
    """AWS publishes them all; here each appears when it is first asked for."""
    names = [call.params["Name"]] if "Name" in call.params else call.params["Names"]
    for name in names:
        found = PATH.fullmatch(name)
        if not found or (found["variant"], found["arch"]) == ("neuron", "arm64") or found["version"] not in VERSIONS:
            continue
        release = RELEASES[-1] if found["release"] == "recommended" else found["release"].rpartition("-")[2]
        image = image_of(call, found["version"], found["arch"], found["variant"], release) if release in RELEASES else None
        if not image or found["release"] not in ("recommended", image.name):
            continue
        parameters = ssm_backends[call.account][call.region]._parameters
        if not parameters.get(name):
            parameters[name].append(parameter(call, name, image.id))


def parameter(call: Call, name: str, value: str) -> Parameter:
    return Parameter(
        account_id=call.account,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=datetime.datetime.now(datetime.timezone.utc),
        version=1,
        data_type="text",
    )


def image_of(call: Call, version: str, arch: str, variant: str, release: str) -> Ami:
    ec2 = ec2_backends[call.account][call.region]
    name = f"amazon-eks-node-al2023-{arch}-{variant}-{version}-{release}"
    number = "ami-0" + hashlib.sha256(f"{call.region}{name}".encode()).hexdigest()[:16]
    if number not in ec2.amis:
        ec2.amis[number] = Ami(
            ec2,
            number,
            name=name,
            description=f"EKS-optimized Kubernetes node based on Amazon Linux 2023 ({version})",
            owner_id=OWNER,
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            architecture=arch,
            image_location=f"amazon/{name}",
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name="/dev/xvda",
            region_name=f"{call.region}a",
        )
    return ec2.amis[number]
