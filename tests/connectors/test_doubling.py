"""No call of the whole platform can make a second thing when its answer is lost."""

import pytest
from pyinfra.context import ctx_host
from test_order import GIVEN, EmptyWorld

from connectors.aws import session
from connectors.aws.sending import CREATES, NAMED, NAMED_CREATES, _token
from connectors.commands.command import AwsCall
from deploys.platform import platform
from deploys.run import forwards
from settings import Settings

SENT_ONCE = {("kms", "create_key"): "a key without its alias is found by its tag"}


def creates():
    with ctx_host.use(EmptyWorld()):
        calls = [command for want in forwards(platform(Settings.of(GIVEN))) for command in want.commands()]
    calls = [call for call in calls if isinstance(call, AwsCall) and call.action.startswith(CREATES)]
    return {(call.service, call.action): call for call in calls}


@pytest.mark.parametrize("key", creates(), ids=" ".join)
def test_a_create_is_protected(key):
    call = creates()[key]
    client = session.client(call.service, "us-west-2", credentials=session.Credentials("key", "secret"))
    named = call.service in NAMED or call.action in NAMED_CREATES
    assert named or call.made is not None or _token(client, call, call.params) or key in SENT_ONCE
