"""EKS's cloud controller: Services of type LoadBalancer that name no class get an address, and keep a finalizer until their load balancer is gone."""

from sandbox.kubernetes.ingresses import LoadBalancerController

SERVICES = "/api/v1/services"


class ServiceController(LoadBalancerController):
    """One thread that does what the controller does, as long as the control plane runs: it is part of it. Arguments as its parent's."""

    kind, finalizer, reporter = "Service", "service.kubernetes.io/load-balancer-cleanup", "service-controller"

    def step(self) -> None:
        """See to every Service once."""
        for service in self._api.items(SERVICES):
            leaving, held = "deletionTimestamp" in service["metadata"], self.finalizer in service["metadata"].get("finalizers", [])
            wanted = service["spec"]["type"] == "LoadBalancer" and not service["spec"].get("loadBalancerClass")
            if held and (leaving or not wanted):
                self._attempt(service, self._release)
            elif wanted and not leaving and self._changed(service):
                self._attempt(service, lambda service: self._provide(service, {}))

    def _path(self, ingress: dict) -> str:
        metadata = ingress["metadata"]
        return f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}"
