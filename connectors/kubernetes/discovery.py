"""
What an API server serves, in two requests for all its groups.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
"""

from __future__ import annotations

import json

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class Discovery:
    """
    What the `kubernetes` package's dynamic client asks for kinds.

    + client: the dynamic client
    + cache_file: not used: two requests are soon made
    """

    def __init__(self, client, cache_file=None):
        self.client = client
        self._known: dict[tuple[str, str], object] = {}

    def get(self, api_version: str, kind: str):
        """What is known of a kind; for one that is not known all is asked anew. Raises `ResourceNotFoundError`."""
        from kubernetes.dynamic.exceptions import ResourceNotFoundError

        if (api_version, kind) not in self._known:
            self._known = {(found.group_version, found.kind): found for prefix in ("api", "apis") for found in self._served(prefix)}
        try:
            return self._known[api_version, kind]
        except KeyError:
            raise ResourceNotFoundError(f"No matches found for {api_version} {kind}") from None

    def _served(self, prefix: str):
        from kubernetes.dynamic.resource import Resource

        answer = self.client.request("get", f"/{prefix}", header_params={"Accept": AGGREGATED}, serialize=False)
        for group in json.loads(answer.data)["items"]:
            for version in group["versions"]:
                for served in version.get("resources") or []:
                    yield Resource(
                        prefix=prefix,
                        group=group["metadata"].get("name", ""),
                        api_version=version["version"],
                        kind=served["responseKind"]["kind"],
                        namespaced=served["scope"] == "Namespaced",
                        verbs=served["verbs"],
                        name=served["resource"],
                        client=self.client,
                    )
