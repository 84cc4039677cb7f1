"""What a deployment costs a month, line by line: at list prices, on demand, for what is declared; what depends on use is assumed, and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyinfra.api.exceptions import FactError
from pyinfra.context import host

from deploys.plan import Step, side_by_side
from deploys.uses import ASSUMED, uses
from deploys.want import Want
from facts.pricing import ListPrice, product
from settings import Settings
from settings.prices import known

RDS_FIELDS = {"DBInstanceClass": "instance_class", "MultiAZ": "multi_az", "AllocatedStorage": "storage"}
"""What RDS calls the fields of a database that cost."""


@dataclass(frozen=True)
class Line:
    """
    One line of the bill.

    + what: for a person
    + item: as `facts.pricing` knows it
    + amount: of units a month
    + usd: what a unit costs, ``None`` where no price is known
    + source: where that is from
    + assumed: what the amount rests on, empty where it is declared
    """

    what: str
    item: str
    amount: float
    usd: float | None = None
    source: str = ""
    assumed: str = ""

    @property
    def cost(self) -> float | None:
        """US dollars a month."""
        return None if self.usd is None else self.amount * self.usd

    def record(self) -> dict:
        """The line for a machine."""
        return {
            "what": self.what,
            "item": self.item,
            "amount": round(self.amount, 2),
            "usd": self.usd,
            "cost": None if self.cost is None else round(self.cost, 2),
            "source": self.source or None,
            "assumed": self.assumed or None,
        }


def bill(settings: Settings, wants: list[Want]) -> list[Line]:
    """The month of everything that is declared; prices are asked for side by side."""
    return _priced(
        settings, _summed(line for want in wants if want.present and not want.stray for line in _lines(settings, want.kind, want.subject, want.fields))
    )


def change(settings: Settings, steps: list[Step]) -> list[Line]:
    """
    What a plan adds to the month, line by line; what it takes away is negative. Nothing is asked for where nothing costs.

    + steps: of the plan
    """
    return _priced(settings, _summed(line for step in steps for line in _changed(settings, step)))


def total(lines: list[Line]) -> tuple[float, int]:
    """The sum of the lines whose price is known (US dollars), and the number of the others."""
    return sum(line.cost for line in lines if line.cost is not None), sum(line.cost is None for line in lines)


def _changed(settings: Settings, step: Step) -> Iterator[Line]:
    want = step.want
    if step.refusal or want.stray:
        return
    if step.verb == "remove":
        yield from _lines(settings, want.kind, want.subject, want.fields, -1)
    elif step.verb == "create" or (want.kind == "elbv2.load_balancer" and step.new):
        yield from _lines(settings, want.kind, want.subject, want.fields)
    elif want.kind == "rds.instance" and (now := {RDS_FIELDS[one.field]: one.now for one in step.changes if one.field in RDS_FIELDS}):
        wanted = {RDS_FIELDS[one.field]: one.wanted for one in step.changes if one.field in RDS_FIELDS}
        yield from _lines(settings, want.kind, want.subject, {**want.fields, **now}, -1)
        yield from _lines(settings, want.kind, want.subject, {**want.fields, **wanted})


def _lines(settings: Settings, kind: str, subject: str, fields: dict, sign: int = 1) -> Iterator[Line]:
    for what, item, amount in uses(settings, kind, subject, fields):
        yield Line(what, item, sign * amount, assumed=ASSUMED[item][1] if item in ASSUMED else "")


def _summed(lines) -> list[Line]:
    """Lines of the same thing as one, those that come to nothing left out."""
    found: dict[tuple, Line] = {}
    for line in lines:
        key = line.what, line.item
        amount = line.amount + (found[key].amount if key in found else 0)
        found[key] = Line(line.what, line.item, amount, assumed=line.assumed)
    return [line for line in found.values() if line.amount]


def _priced(settings: Settings, lines: list[Line]) -> list[Line]:
    items = list(dict.fromkeys(line.item for line in lines))
    prices = dict(zip(items, side_by_side(lambda item: _price(settings.region, item), items), strict=True))
    return [Line(line.what, line.item, line.amount, *prices[line.item], assumed=line.assumed) for line in lines]


def _price(region: str, item: str) -> tuple[float | None, str]:
    if product(item) and (told := _list_price(region, item)) is not None:
        return told, "AWS Price List"
    row = known(region, item)
    return (row.usd, f"{row.source}, {row.seen}") if row else (None, "")


def _list_price(region: str, item: str) -> float | None:
    """``None`` too where the Price List is out of reach, as from a network without a way out."""
    try:
        return host.get_fact(ListPrice, item=item, region=region)
    except FactError:
        return None
