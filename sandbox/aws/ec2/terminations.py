"""Instances take their time to go, and what they hold stays until they are gone."""

from collections.abc import Callable

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
when_gone: list[Callable] = []
"""Called with (EC2's backend, instance) once an instance is terminated."""


@answers("ec2", "TerminateInstances")
def terminate_instances(call: Call) -> dict:
    ec2 = ec2_of(call)
    instances = ec2.get_multi_instances_by_id(call.params["InstanceIds"])
    for instance in instances:
        if instance.disable_api_termination is True:
            message = f"The instance '{instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again."
            raise AwsError("OperationNotPermitted", message)
    if call.params.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status=412)
    changed = []
    for instance in instances:
        before = instance.state
        if before not in ("shutting-down", "terminated"):
            begin(ec2, instance)
        changed.append({"InstanceId": instance.id, "PreviousState": state(before), "CurrentState": state(instance.state)})
    return {"TerminatingInstances": changed}


def begin(ec2, instance) -> None:
    instance._state.name, instance._state.code = "shutting-down", STATES["shutting-down"]

    def end() -> None:
        ec2.terminate_instances([instance.id])
        for tell in when_gone:
            tell(ec2, instance)
        clock.after("ec2 instance forgotten", lambda: forget(ec2, instance))

    clock.after("ec2 instance terminated", end)


def forget(ec2, instance) -> None:
    for key, reservation in list(ec2.reservations.items()):
        reservation.instances = [other for other in reservation.instances if other.id != instance.id]
        if not reservation.instances:
            del ec2.reservations[key]


def state(name: str) -> dict:
    return {"Code": STATES[name], "Name": name}
