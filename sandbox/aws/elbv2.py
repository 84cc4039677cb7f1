"""Load balancers: provisioning, interfaces in the subnets, listeners that hold target groups."""

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, answers, refuses

states: dict[str, str] = {}


@amends("elbv2", "CreateLoadBalancer")
def begin(call: Call, answer: dict) -> None:
    elb = elbv2_backends[call.account][call.region]
    subnets = call.params.get("Subnets") or [mapping["SubnetId"] for mapping in call.params.get("SubnetMappings") or ()]
    for described in answer["LoadBalancers"]:
        described["State"] = {"Code": "provisioning"}
        provision(call.account, call.region, elb.load_balancers[described["LoadBalancerArn"]], subnets)


def provision(account: str, region: str, balancer, subnets: list[str]) -> None:
    """An interface in each subnet, and the time it takes."""
    ec2 = ec2_backends[account][region]
    states[balancer.arn] = "provisioning"
    groups = list(balancer.security_groups or [])
    for subnet in subnets:
        name = f"ELB {balancer.arn.partition('loadbalancer/')[2]}"
        interface = ec2.create_network_interface(subnet, [], group_ids=groups, description=name)
        interface.requester_managed, interface.requester_id, interface.status = True, "amazon-elb", "in-use"
    clock.after("elb create", lambda: states.pop(balancer.arn, None))


@amends("elbv2", "DescribeLoadBalancers")
def describe(call: Call, answer: dict) -> None:
    """The emulator's balancers would be active as soon as somebody looks."""
    for described in answer["LoadBalancers"]:
        described["State"] = {"Code": states.get(described["LoadBalancerArn"], "active")}


@refuses("elbv2", "DeleteLoadBalancer")
def keep_protected(call: Call) -> None:
    balancer = elbv2_backends[call.account][call.region].load_balancers.get(call.params["LoadBalancerArn"])
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)


@answers("elbv2", "DeleteLoadBalancer")
def delete_load_balancer(call: Call) -> dict:
    remove(call.account, call.region, call.params["LoadBalancerArn"])
    return {}


def remove(account: str, region: str, arn: str) -> None:
    """Gone from sight at once; its interfaces stay a little."""
    elb, ec2 = elbv2_backends[account][region], ec2_backends[account][region]
    elb.delete_load_balancer(arn)
    name = f"ELB {arn.partition('loadbalancer/')[2]}"

    def let_go() -> None:
        for number in [number for number, interface in ec2.enis.items() if interface.description == name]:
            del ec2.enis[number]

    clock.after("elb delete", let_go)


@refuses("elbv2", "DeleteTargetGroup")
def keep_used_target_groups(call: Call) -> None:
    arn = call.params["TargetGroupArn"]
    for balancer in elbv2_backends[call.account][call.region].load_balancers.values():
        for listener in balancer.listeners.values():
            rules = [listener.default_actions, *(rule.actions for rule in listener.rules.values())]
            if any(arn in str(action.__dict__) for actions in rules for action in actions):
                raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
