"""Whom alerts reach."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from .dags import checked_secret
from .subject import Contradiction, Subject, Text

TOPIC = r"arn:(aws[a-z-]*):sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}"


class Receivers(BaseModel):
    """Where Alertmanager sends alerts; all that are given get each."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sns_topic: Text | None = None
    slack_secret: Annotated[Text | None, AfterValidator(checked_secret)] = None
    pagerduty_secret: Annotated[Text | None, AfterValidator(checked_secret)] = None

    @field_validator("sns_topic")
    @classmethod
    def _sns_topic(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(TOPIC, value):
            raise ValueError("wanted the ARN of a standard topic, as arn:aws:sns:us-west-2:123456789012:alerts")
        return value

    @property
    def topic_region(self) -> str:
        """The region of the topic."""
        return self.sns_topic.split(":")[3]

    @property
    def anybody(self) -> bool:
        """Whether there is one."""
        return any((self.sns_topic, self.slack_secret, self.pagerduty_secret))


class Alerts(Subject):
    """Who is told when something needs a person."""

    alerts: Receivers

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields receivers without anything that sends to them, and a topic of another partition."""
        yield from super().contradictions()
        if self.alerts.anybody and not self.enable_kube_prometheus_stack:
            yield Contradiction(("alerts", "enable_kube_prometheus_stack"), "alerts has receivers and needs enable_kube_prometheus_stack, which is False")
        if self.alerts.sns_topic and self.alerts.sns_topic.split(":")[1] != self.partition:
            yield Contradiction(("alerts", "region"), f"alerts.sns_topic is {self.alerts.sns_topic}: wanted a topic of {self.region}'s partition")
