"""Refusals: a rule of the portal says no, and the person is told why in their own language."""


class Refused(Exception):
    """An act that a rule forbids.

    `code` names the refusal and is a key of the `refusals` catalogue without its prefix: `Refused("message.empty")` is said
    with the sentence `refusals.message.empty`. `values` fill the placeholders of that sentence. A refusal carries no
    secret and never tells a stranger that something exists.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    @property
    def key(self) -> str:
        """The catalogue key of the sentence that tells the person."""
        return f"refusals.{self.code}"


class Misconfigured(Exception):
    """A setting is wrong or something the product needs is absent; the text tells an operator what to do."""
