"""CloudWatch Logs: the days a group can be kept."""

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses

DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


@refuses("logs", "PutRetentionPolicy")
def check_days(call: Call) -> None:
    days = call.params["retentionInDays"]
    if days not in DAYS:
        message = f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: "
        raise AwsError("InvalidParameterException", message + f"{list(DAYS)}", status=400)
