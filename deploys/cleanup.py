"""Remove the platform, backwards: ``pyinfra -y inventories/dev.py deploys/cleanup.py``."""

from dataclasses import asdict

from connectors.lock import lock
from deploys.at_risk import at_risk, tell_risks
from deploys.dependants import dependants
from deploys.run import confirm, declared, planned
from deploys.teardown import Removal, give_up_cluster, order
from deploys.zones import standing
from operations import proof, ssm

settings, wants = declared(choose=standing)
unseen = give_up_cluster(settings)
risks = [*at_risk(settings, wants), *dependants(settings.deployment, wants, [want for want in wants if want.kind.startswith("helm.")])]
tell_risks(risks)
confirm(settings, risks)
steps = order(wants, unseen)
if planned(settings, steps, data_at_risk=[asdict(risk) for risk in risks]):
    ssm.held(lock.name(settings.deployment), name="lock")
removal = Removal(settings, steps)
proof.proof(settings.deployment, account=settings.account_id, region=settings.region, left=removal.left, name="proof that nothing is left")
