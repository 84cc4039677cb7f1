"""Classic load balancers: interfaces in the subnets, which stay a little when the load balancer is gone."""

from moto.ec2.models import ec2_backends
from moto.elb.models import elb_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.rules import answers, follows


@follows("elb", "CreateLoadBalancer")
def begin(call: Call) -> None:
    provision(call.account, call.region, call.params["LoadBalancerName"])


def provision(account: str, region: str, name: str) -> None:
    """An interface in each subnet, with the groups of the load balancer."""
    balancer = elb_backends[account][region].load_balancers[name]
    for subnet in balancer.subnets:
        groups, described = list(balancer.security_groups), f"ELB {name}"
        interface = ec2_backends[account][region].create_network_interface(subnet, [], group_ids=groups, description=described)
        interface.requester_managed, interface.requester_id, interface.status = True, "amazon-elb", "in-use"


@answers("elb", "DeleteLoadBalancer")
def delete_load_balancer(call: Call) -> dict:
    remove(call.account, call.region, call.params["LoadBalancerName"])
    return {}


def remove(account: str, region: str, name: str) -> None:
    """Gone from sight at once, whether there was one or not."""
    elb_backends[account][region].delete_load_balancer(name)
    interfaces = ec2_backends[account][region].enis

    def let_go() -> None:
        for number in [number for number, interface in interfaces.items() if interface.description == f"ELB {name}"]:
            del interfaces[number]

    clock.after("elb delete", let_go)
