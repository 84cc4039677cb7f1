"""Service account tokens bound to their pod, asked for anew when four fifths of their time are over."""

import asyncio
import time
from datetime import datetime

SHORTEST = 600
FRESH = 0.8


class Tokens:
    """Asks the API server for tokens (TokenRequest), and keeps them while they are fresh."""

    def __init__(self, api):
        self._api = api
        self._kept: dict[tuple, tuple[str, float]] = {}

    async def get(self, pod: dict, audience: str | None, seconds: int) -> str:
        """
        A token of the pod's service account. Raises ApiError.

        + audience: whom it is for; the API server unless given
        + seconds: its lifetime
        """
        key = pod["metadata"]["uid"], audience, seconds
        token, until = self._kept.get(key, ("", 0))
        if time.time() < until:
            return token
        metadata = pod["metadata"]
        bound = {"kind": "Pod", "apiVersion": "v1", "name": metadata["name"], "uid": metadata["uid"]}
        spec = {"expirationSeconds": max(SHORTEST, seconds), "boundObjectRef": bound, **({"audiences": [audience]} if audience else {})}
        account = pod["spec"].get("serviceAccountName", "default")
        path = f"/api/v1/namespaces/{metadata['namespace']}/serviceaccounts/{account}/token"
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        answer = (await asyncio.to_thread(self._api.create, path, request))["status"]
        expires = datetime.fromisoformat(answer["expirationTimestamp"].replace("Z", "+00:00")).timestamp()
        self._kept[key] = answer["token"], time.time() + FRESH * (expires - time.time())
        return answer["token"]

    def forget(self, uid: str) -> None:
        """Keep nothing of a pod that is gone."""
        self._kept = {key: value for key, value in self._kept.items() if key[0] != uid}
