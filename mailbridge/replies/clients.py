"""How mail programs mark up what is not the answer: a table of classes, ids and attributes, a row a program."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Label(StrEnum):
    """What an element holds."""

    QUOTE = "quote"
    """Quoted text; an answer may follow it."""
    HISTORY = "history"
    """From here on there is only history."""
    ATTRIBUTION = "attribution"
    """The line above a quote that says who wrote it."""
    SIGNATURE = "signature"


_TABLE: tuple[tuple[Label, str, str], ...] = (
    (Label.ATTRIBUTION, "class", r"gmail_attr"),
    (Label.SIGNATURE, "class", r"gmail_signature(?:_prefix)?"),
    (Label.HISTORY, "id", r"(?:x_)*divRplyFwdMsg"),
    (Label.HISTORY, "id", r"(?:x_)*appendonsend|mail-editor-reference-message-container"),
    (Label.HISTORY, "class", r"(?:x_)*ms-outlook-mobile-reference-message"),
    (Label.SIGNATURE, "id", r"(?:x_)*(?:ms-outlook-mobile-signature|Signature|ms-outlook-ios-signature)"),
    (Label.SIGNATURE, "class", r"(?:x_)*ms-outlook-mobile-signature"),
    (Label.SIGNATURE, "id", r"AppleMailSignature|lineBreakAtBeginningOfSignature"),
    (Label.ATTRIBUTION, "class", r"moz-cite-prefix"),
    (Label.SIGNATURE, "class", r"moz-signature"),
    (Label.QUOTE, "class", r"yahoo_quoted|ydp[0-9a-f]+yahoo_quoted"),
    (Label.QUOTE, "id", r"(?:ydp[0-9a-f]+)?yahoo_quoted_\d+"),
    (Label.SIGNATURE, "class", r"ydp[0-9a-f]+signature|yahoo-signature"),
    (Label.QUOTE, "class", r"protonmail_quote"),
    (Label.SIGNATURE, "class", r"protonmail_signature_block(?:-user|-proton)?"),
    (Label.HISTORY, "data-marker", r"__DIVIDER__|__HEADERS__|__QUOTED_TEXT__"),
    (Label.SIGNATURE, "data-marker", r"__SIG_PRE__|__SIG_POST__"),
    (Label.SIGNATURE, "id", r"composer_signature|mobile-signature"),
    (Label.SIGNATURE, "class", r"io-ox-signature|default-signature"),
    (Label.ATTRIBUTION, "id", r"reply-intro"),
    (Label.SIGNATURE, "id", r"_rc_sig"),
    (Label.SIGNATURE, "class", r"-x-evo-signature(?:-wrapper)?"),
    (Label.QUOTE, "class", r"tutanota_quote|zmail_extra|front-blockquote|freebirdBackMessage"),
    (Label.QUOTE, "name", r"messageReplySection|quote"),
    (Label.SIGNATURE, "name", r"messageSignatureSection"),
    (Label.QUOTE, "id", r"qt"),
)
_ROWS = tuple((label, attribute, re.compile(pattern)) for label, attribute, pattern in _TABLE)
_OUTLOOK_LINE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s+(?:#?[a-z0-9]{3,12})\s+1\.0pt", re.IGNORECASE)


def label_of(tag: str, attributes: Mapping[str, str | None]) -> Label | None:
    """The label of an element by the habits of the known programs, None for ordinary text."""
    if not attributes:
        return Label.QUOTE if tag == "blockquote" else None
    for label, attribute, pattern in _ROWS:
        value = attributes.get(attribute)
        if value and any(pattern.fullmatch(word) for word in value.split()[:20]):
            return label
    if tag == "blockquote":
        return Label.QUOTE
    if tag == "div" and _OUTLOOK_LINE.search(attributes.get("style") or ""):
        return Label.HISTORY
    return None
