"""The bot's sentences, as Telegram HTML: the catalogue is trusted, every value that is filled in is escaped."""

from markupsafe import Markup

from core import texts
from core.actor import Language
from core.errors import Refused

NOTHING = Markup()


def say(language: Language, key: str, /, *, n: int | None = None, **values: object) -> Markup:
    """The sentence `bot.<key>` as markup; what is filled in is escaped, unless it is markup itself."""
    template = Markup(texts.template_of(language, f"bot.{key}", n=n))  # noqa: S704  # our own catalogue
    return template.format(**values) if n is None else template.format(n=n, **values)


def label(language: Language, key: str, /, *, n: int | None = None, **values: object) -> str:
    """The sentence `bot.<key>` as plain text: for buttons and toasts, which know no markup."""
    return texts.say(language, f"bot.{key}", n=n, **values)


def refusal(language: Language, refused: Refused) -> str:
    """The sentence that tells why not, as plain text."""
    return texts.refusal(language, refused)


def lines(*pieces: str | Markup | None) -> Markup:
    """The pieces under one another; None is left out, an empty one is an empty line. Plain text is escaped."""
    return Markup("\n").join(piece for piece in pieces if piece is not None)
