"""What a month costs, told: line by line, with what it rests on; and why a plan is over its budget."""

from __future__ import annotations

from pyinfra.context import config, host

from deploys.bill import Line, bill, change, total
from deploys.plan import Step
from deploys.uses import ASSUMED, UNCOUNTED
from deploys.want import Want
from settings import Settings


def added(settings: Settings, wants: list[Want], steps: list[Step]) -> tuple[dict, str]:
    """
    Tell what a plan adds to the month; the same for its record, and why it is too much: empty where it is not. Nothing is read where it adds nothing.

    + wants: everything that is declared
    + steps: what would be done
    """
    lines = change(settings, steps)
    if not lines:
        return record(lines), ""
    for line in told(lines) if config.DIFF else []:
        host.log(f"    {line}")
    host.log(f"cost: {summed(lines, sign=True)} a month in {settings.region}, at list prices{'' if config.DIFF else ' (--diff has the lines)'}")
    usd, _ = total(lines)
    more = usd > 0 and settings.budget is not None and settings.confirm != settings.deployment
    return record(lines), _over(settings, bill(settings, wants)) if more else ""


def told(lines: list[Line]) -> list[str]:
    """The lines as a table, and what they rest on."""
    rows = [(line.what, f"{line.amount:,.0f} × {_unit(line.usd)}" if line.usd is not None else f"{line.amount:,.0f}", _cost(line)) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    table = [f"{what.ljust(widths[0])}  {how.rjust(widths[1])}  {cost.rjust(widths[2])}".rstrip() for what, how, cost in rows]
    assumed = list(dict.fromkeys(ASSUMED[line.item][1] for line in lines if line.assumed))
    sources = list(dict.fromkeys(line.source for line in lines if line.source))
    notes = [f"assumed: {', '.join(assumed)}"] if assumed else []
    return [*table, *notes, f"not counted: {UNCOUNTED}", *(f"prices: {source}" for source in sources)]


def summed(lines: list[Line], sign: bool = False) -> str:
    """
    The sum for a person: ``$812.34``, and how many lines have no price.

    + sign: whether to say that it is more, or less
    """
    usd, unknown = total(lines)
    amount = f"{'-' if usd < 0 else '+' if sign else ''}${abs(usd):,.2f}"
    return f"{amount} and {unknown} line{'s' if unknown > 1 else ''} with no price known" if unknown else amount


def record(lines: list[Line]) -> dict:
    """The lines for a machine."""
    usd, unknown = total(lines)
    return {"usd": round(usd, 2), "unknown": unknown, "lines": [line.record() for line in lines], "not_counted": UNCOUNTED}


def _over(settings: Settings, lines: list[Line]) -> str:
    usd, _ = total(lines)
    if usd <= settings.budget:
        return ""
    return (
        f"{settings.deployment} would cost {summed(lines)} a month, and its budget is ${settings.budget:,.2f}; nothing was sent: choose less, "
        f"raise budget, or add --data confirm={settings.deployment}"
    )


def _unit(usd: float) -> str:
    return f"${usd:.4f}".rstrip("0") if usd * 100 % 1 else f"${usd:.2f}"


def _cost(line: Line) -> str:
    return "no price known" if line.cost is None else f"{'-' if line.cost < 0 else ''}${abs(line.cost):,.2f}"
