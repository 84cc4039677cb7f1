"""
What AWS says to a removal of something that is on its way out already, where its pages do not tell: either.

The first time that comes up for a thing it is refused, the second time taken, and so on.
"""

from collections import Counter

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError

asked: Counter = Counter()


def either(call: Call, thing: str, refusal: AwsError) -> None:
    """
    Refuse a removal, or let it be.

    + thing: its id
    + refusal: what AWS would most likely say
    """
    asked[call.service, call.action, thing] += 1
    if asked[call.service, call.action, thing] % 2:
        raise refusal
