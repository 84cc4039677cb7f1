"""What a month costs: ``pyinfra -y inventories/dev.py deploys/cost.py``; with ``--data actual=true`` beside what was spent."""

from datetime import date

from pyinfra.context import host

from deploys import spend, spent
from deploys.bill import bill
from deploys.record import keep, of_run
from deploys.run import declared

settings, wants = declared()
lines = bill(settings, wants)
keep(settings, {**of_run(settings, wants), "cost": spend.record(lines)})
for line in spend.told(lines):
    host.log(line)
host.log(f"{settings.deployment} costs {spend.summed(lines)} a month in {settings.region}, at list prices")
if settings.actual:
    rows = spent.compared(settings, lines, date.today())
    keep(
        settings,
        {**of_run(settings, wants), "cost": spend.record(lines), "spent": [dict(zip(("service", "expected", "usd"), row, strict=True)) for row in rows]},
    )
    for line in spent.told(rows):
        host.log(line)
