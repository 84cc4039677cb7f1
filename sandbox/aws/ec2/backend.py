"""EC2's things of a call's account and region."""

from moto.ec2.models import EC2Backend, ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError


def ec2_of(call: Call) -> EC2Backend:
    return ec2_backends[call.account][call.region]


def depends(kind: str, number: str) -> AwsError:
    return AwsError("DependencyViolation", f"The {kind} '{number}' has dependencies and cannot be deleted.")


def interfaces_in(ec2: EC2Backend, *, subnet: str | None = None, vpc: str | None = None) -> list:
    """Network interfaces in a subnet or a VPC; those of terminated instances are gone."""
    found = []
    for interface in ec2.enis.values():
        dead = interface.instance is not None and interface.instance.state == "terminated"
        if not dead and subnet in (None, interface.subnet.id) and vpc in (None, interface.subnet.vpc_id):
            found.append(interface)
    return found
