"""STS: roles of this account must exist before they are taken."""

from moto.iam.models import iam_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers, refuses


@refuses("sts", "AssumeRole")
def check_role(call: Call) -> None:
    arn = call.params["RoleArn"]
    if f":{call.account}:" not in arn:
        return
    if not any(role.arn == arn for role in iam_backends[call.account]["aws"].roles.values()):
        message = f"User: {call.principal} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise AwsError("AccessDenied", message, status=403)


@answers("sts", "GetSessionToken")
def get_session_token(call: Call) -> dict:
    """Temporary credentials of the same principal."""
    import datetime
    import secrets

    from sandbox.aws.credentials import find_access_key

    key = iam_backends[call.account]["aws"].create_temp_access_key()
    _, own = find_access_key(call.access_key)
    key.user_name, key.role_arn = own.user_name, own.role_arn
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=call.params.get("DurationSeconds") or 43200)
    credentials = {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}
    return {"Credentials": credentials | {"SessionToken": secrets.token_urlsafe(120), "Expiration": end}}
