"""Images: a registered one keeps its architecture."""

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.rules import follows


@follows("ec2", "RegisterImage")
def keep_architecture(call: Call) -> None:
    image = ec2_of(call).amis[call.answer["ImageId"]]
    image.architecture = call.params.get("Architecture") or image.architecture
