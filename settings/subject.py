"""What the settings of every subject share: how they are read, and the words for what is wrong with them."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr


class Contradiction(NamedTuple):
    """Settings that are right one by one and wrong together."""

    settings: tuple[str, ...]
    line: str


class Subject(BaseModel):
    """Settings on one subject, and the names that follow from them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    _named: frozenset[str] = PrivateAttr(frozenset())

    def defaulted(self, setting: str) -> bool:
        """
        Returns whether a setting was left to its default: neither the inventory nor `--data` gives it.

        + setting: its name
        """
        return setting not in self._named

    def contradictions(self) -> Iterator[Contradiction]:
        """Yields what these settings rule out between them."""
        yield from ()


def text(value: Any) -> Any:
    """Takes whole numbers back to the text they were typed as; refuses those that lost digits on the way."""
    if isinstance(value, float):
        raise ValueError("""wanted text, in quotes that survive the shell: --data 'setting="1.30"'""")
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return str(value)


def version(value: Any) -> Any:
    """Takes a number back to the version it was typed as, unless its last zero may be lost (1.30 arrives as 1.3)."""
    if isinstance(value, float):
        if len(str(value).partition(".")[2]) < 2:
            raise ValueError(f"""wanted text, for it may have been {value}0: quote it, --data 'setting="{value}0"'""")
        return str(value)
    return text(value)


def items(value: Any) -> Any:
    """Takes `a,b` for `["a", "b"]`, which is hard to type in a shell."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value) if isinstance(value, tuple) else value


def cidr(value: Any) -> Any:
    """Refuses what is not an IPv4 range, and a range whose address is not its first."""
    try:
        network = IPv4Network(value, strict=False)
    except (ValueError, TypeError):
        raise ValueError("wanted an IPv4 range, as 10.1.0.0/16") from None
    if "/" not in str(value) or str(network) != value:
        raise ValueError(f"wanted a range with its first address and size: {network}")
    return value


Text = Annotated[str, BeforeValidator(text)]
Version = Annotated[str, BeforeValidator(version)]
Cidr = Annotated[str, BeforeValidator(cidr)]
Texts = Annotated[list[Text], BeforeValidator(items)]
Cidrs = Annotated[list[Cidr], BeforeValidator(items)]
Count = Annotated[int, Field(ge=1)]
