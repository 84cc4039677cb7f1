"""SQS: the name of a deleted queue, which is taken for a minute."""

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import follows, refuses

deleted: dict[tuple[str, str, str], float] = {}


@follows("sqs", "DeleteQueue")
def remember(call: Call) -> None:
    deleted[call.account, call.region, call.params["QueueUrl"].rpartition("/")[2]] = clock.now()


@refuses("sqs", "CreateQueue")
def refuse_the_name(call: Call) -> None:
    gone = deleted.get((call.account, call.region, call.params["QueueName"]))
    if gone is not None and clock.now() - gone < 60:
        raise AwsError("QueueDeletedRecently", "You must wait 60 seconds after deleting a queue before you can create another with the same name.", status=400)
