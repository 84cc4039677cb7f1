"""Network interfaces: those in use stay; those of an instance go with it."""

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import follows, refuses


@refuses("ec2", "DeleteNetworkInterface")
def keep_used_interfaces(call: Call) -> None:
    number = call.params["NetworkInterfaceId"]
    interface = ec2_of(call).enis.get(number)
    if interface and (interface.status == "in-use" or interface.attachment_id or interface.requester_managed):
        raise AwsError("InvalidParameterValue", f"Network interface '{number}' is currently in use.")


@refuses("ec2", "DetachNetworkInterface")
def keep_managed_interfaces(call: Call) -> None:
    for interface in ec2_of(call).enis.values():
        if interface.attachment_id == call.params["AttachmentId"] and interface.requester_managed:
            raise AwsError("AuthFailure", "You do not have permission to access the specified resource.", status=403)


@follows("ec2", "RunInstances", "CreateFleet", "RequestSpotInstances")
def bind_interfaces(call: Call) -> None:
    """What is made by a launch goes with the instance."""
    for reservation in ec2_of(call).reservations.values():
        for instance in reservation.instances:
            for interface in instance.nics.values():
                if interface.description in ("", "Primary network interface"):
                    interface.delete_on_termination = True
