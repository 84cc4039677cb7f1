"""
The way of the API server out of itself: it dials no address, but asks for each connection by HTTP CONNECT on a unix socket here.

    cluster        pods and kubelets: admission webhooks, aggregated APIs, the proxies of Services and pods, logs, exec, port-forward
    controlplane   what it was told by URL: the authenticator of tokens, webhooks with a `url`. Loopback, or refused

Which pod stands behind a Service the API server finds itself, as on EKS (--enable-aggregator-routing): one without a ready endpoint
is refused there, "no endpoints available for service". So a connection of `cluster` is to the address of a pod, or of a node (port
10250: its kubelet). Whoever runs processes for some of those addresses says so with a dialer:

    def dial(address, port):                # Dial: (str, int) -> a connected socket, or None where the address is none of its own
        if address not in mine:
            return None
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(...)             # an OSError is told to the API server: 502 with its text
        return connection

    plane.egress.dialers.append(dial)       # at any time, before start() too; it outlives a restart of the control plane
    plane.egress.dialers.remove(dial)

They are asked in turn, from a thread for each connection. What none of them serves is a pod or kubelet that kwok plays: `stand_in`.
"""

from sandbox.kubernetes.egress.selector import Dial, Egress

__all__ = ["Dial", "Egress"]
