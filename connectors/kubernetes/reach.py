"""Why an API server could not be reached."""

from __future__ import annotations


def _reason(error: Exception) -> Exception:
    return getattr(error, "reason", None) or error


def silent(error: Exception) -> bool:
    """
    Whether nobody said anything: no connection came about, or no answer on it.

    + error: what urllib3 raised
    """
    from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ReadTimeoutError

    reason = _reason(error)
    return isinstance(reason, (ConnectTimeoutError, NewConnectionError, ReadTimeoutError)) and not isinstance(reason, NameResolutionError)


def told(error: Exception, endpoint: str) -> str:
    """
    What went wrong, and what to do, in a line.

    + error: what urllib3 raised
    + endpoint: of the API server
    """
    from urllib3.exceptions import SSLError

    reason = _reason(error)
    if isinstance(reason, SSLError):
        return f"what answers at its endpoint {endpoint} is not the cluster ({' '.join(str(reason).split())}): a proxy that intercepts has to let it pass"
    return f"its endpoint {endpoint} cannot be reached from here ({type(reason).__name__}): check endpoint_public_cidrs, VPN or proxy"
