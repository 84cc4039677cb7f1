"""Remove the platform, backwards: ``pyinfra -y inventories/dev.py deploys/cleanup.py``."""

from dataclasses import asdict

from deploys.at_risk import at_risk, tell_risks
from deploys.run import backwards, confirm, declared, planned
from operations import proof

settings, wants = declared()
risks = at_risk(settings, wants)
tell_risks(risks)
confirm(settings, risks)
planned(settings, backwards(wants), data_at_risk=[asdict(risk) for risk in risks])
for want in backwards(wants):
    want.declare()
proof.proof(settings.deployment, account=settings.account_id, region=settings.region, name="proof that nothing is left")
