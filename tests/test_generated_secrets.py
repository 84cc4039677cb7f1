"""Generated values: good enough to keep, and safe wherever they are written."""

import base64
import re

from connectors.commands.command import HiddenValue
from operations.secrets import secret


class Nothing:
    """A host in an account without secrets."""

    def get_fact(self, fact, **arguments):
        return None


def made(**how) -> str:
    from pyinfra.context import ctx_host

    with ctx_host.use(Nothing()):
        (command,) = secret._inner("airflow-dev/airflow/admin", **how)
    assert isinstance(command.params["SecretString"], HiddenValue)
    value = command.params["SecretString"].unmask()
    assert value not in str(command)
    return value


def test_a_password_is_safe_in_urls_and_ini_files():
    values = {made(length=64) for _ in range(50)}
    assert len(values) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9]{64}", value) for value in values)


def test_a_fernet_key_is_32_bytes():
    assert len(base64.urlsafe_b64decode(made(generated="fernet"))) == 32
