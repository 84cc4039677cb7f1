"""Amazon Managed Service for Prometheus: workspaces that take a moment."""

from moto.amp.models import amp_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, answers


@amends("amp", "CreateWorkspace")
def begin(call: Call, answer: dict) -> None:
    workspace = amp_backends[call.account][call.region].workspaces[answer["workspaceId"]]
    workspace.status = answer["status"] = {"statusCode": "CREATING"}

    def finish() -> None:
        if workspace.status["statusCode"] == "CREATING":
            workspace.status = {"statusCode": "ACTIVE"}

    clock.after("amp workspace create", finish)


@answers("amp", "DeleteWorkspace")
def delete_workspace(call: Call) -> dict:
    backend, number = amp_backends[call.account][call.region], call.params["workspaceId"]
    workspace = backend.workspaces.get(number)
    if workspace is None:
        details = {"resourceId": number, "resourceType": "AWS::APS::Workspace"}
        raise AwsError("ResourceNotFoundException", "Workspace not found", status=404, **details)
    if workspace.status["statusCode"] == "DELETING":
        raise AwsError("ConflictException", "Workspace is being deleted", status=409, resourceId=number, resourceType="AWS::APS::Workspace")
    workspace.status = {"statusCode": "DELETING"}
    clock.after("amp workspace delete", lambda: backend.workspaces.pop(number, None))
    return {}
