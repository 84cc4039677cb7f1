"""What a deployment may cost."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from .subject import Contradiction, Subject, Texts


def dollars(value: Any) -> Any:
    """Takes whole dollars for what they are."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Costs(Subject):
    """The budget of a deployment."""

    budget: Annotated[Annotated[float, Field(gt=0, le=10_000_000)] | None, BeforeValidator(dollars)]
    budget_alerts: Texts

    @field_validator("budget_alerts")
    @classmethod
    def _budget_alerts(cls, value: list[str]) -> list[str]:
        if wrong := [address for address in value if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address)]:
            raise ValueError(f"wanted addresses of mail, not {wrong[0]}")
        if len(value) > 10:
            raise ValueError("AWS Budgets tells ten addresses at most")
        return value

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields a budget of which nobody is told, and people who are told of none."""
        yield from super().contradictions()
        if self.budget is not None and not self.budget_alerts:
            yield Contradiction(("budget_alerts", "budget"), 'budget_alerts is [] and budget is set: put who is told in the inventory, as ["you@example.com"]')
        if self.budget_alerts and self.budget is None:
            yield Contradiction(("budget", "budget_alerts"), "budget is None and budget_alerts is set: give what a month may cost (US dollars)")
