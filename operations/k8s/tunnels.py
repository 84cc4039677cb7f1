"""Ways to what the cluster serves."""

from __future__ import annotations

from pyinfra.api import operation

from connectors.kubernetes.tunnel import Tunnel


@operation()
def tunnel(tunnel: str, service: str, port: int, local: int, title: str, login: str = "", present: bool = True):
    """
    Serve a Service of the cluster on 127.0.0.1, and show it in a browser where there is a screen, until Ctrl-C.

    + tunnel: its namespace
    + service, port: where it is
    + local: the port on this machine; another one where that is taken
    + title: what a person calls it
    + login: who logs in, and how the password is shown
    + present: always ``True``

    **Idempotency:** it changes nothing.

    **Example:**

    .. code:: python

        k8s.tunnel("airflow", service="airflow-api-server", port=8080, local=8080, title="airflow", name="airflow")
    """
    yield Tunnel(tunnel, service, port, local, title, login)
