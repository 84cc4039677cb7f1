"""Remove the platform, backwards: ``pyinfra -y inventories/dev.py deploys/cleanup.py``."""

from deploys.run import backwards, confirm, declared, planned
from operations import proof

settings, wants = declared()
confirm(settings)
planned(settings, backwards(wants))
for want in backwards(wants):
    want.declare()
proof.proof(settings.deployment, account=settings.account_id, region=settings.region, name="proof that nothing is left")
