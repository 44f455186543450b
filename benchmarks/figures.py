"""What a measurement gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: `target` says in words what it should be, `ok` whether it is."""

    name: str
    value: float
    unit: str
    target: str
    ok: bool
