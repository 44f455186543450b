"""Where a signature begins: the dashes of old, "Verstuurd vanaf mijn iPhone", a closing, a disclaimer, a business card.

Customers answer with their own data ("Tel: 06 …, IBAN: NL…"), so a block without a mark is taken for a signature only
when it shows the signs of a business in several ways.
"""

import re

from mailbridge.replies.heads import is_rule

_DASHES = re.compile(r"\s*--\s*")
_UNDERSCORES = re.compile(r"\s*_{2,}\s*")
_FOOTER = re.compile(
    r"mailing list|unsubscribe|uitschrijven|afmelden|listinfo|https?://|www\.|disclaimer", re.IGNORECASE
)
_BRAND = (
    r"(?:i-?phone|i-?pad|i-?pod|ios|android|samsung|galaxy|huawei|xiaomi|oneplus|pixel|nokia|motorola|sony|htc|"
    r"blackberry|windows|outlook|gmail|yahoo|proton|aqua ?mail|blue ?mail|spark|type ?app|thunderbird|k-9|fairemail|"
    r"t-mobile|vodafone|kpn|ziggo|zoho|hotmail|nine|edison|mailbird|mailbox for|mail (?:for|voor|für|pour)|tutanota|"
    r"\w{0,12}(?:phone|telefoon|tablet)\b|mobile\b|mobiel\b)"
)
_SENT = (
    r"(?:sent|verstuurd|verzonden|gesendet|geschickt|envoyé|skickat|sendt|inviato|enviado|enviada|wysłan[eoa]|lähetetty|"
    r"odesláno|отправлено)\s+(?:from|via|with|using|vanaf|vanuit|van|met|door|von|mit|aus|über|depuis|de|du|à partir de|avec|"
    r"från|fra|med|da|dal|dalla|tramite|desde|do|da|pelo|z|ze|с|из)\b"
)
_MY = r"(?:my|mijn|m['’]n|meinem|meiner|mon|ma|min|mit|mio|mia|mi|meu|minha|mojego)"
_WORDS = r"(?:\s+[^\s,;:?!]+)"
_MOBILE = re.compile(
    rf"{_SENT}\s+(?:{_MY}{_WORDS}{{1,6}}|(?:(?:a|an|een|the|de|het)\s+)?(?:[^\s,;:?!]+\s+){{0,3}}?{_BRAND}\S{{0,25}}{_WORDS}{{0,4}})[.!]?|"
    rf"(?:von|vanaf|de|från|fra)\s+{_MY}{_WORDS}{{1,4}}\s+(?:gesendet|verzonden|verstuurd|envoyé)[.!]?|"
    rf"(?:get|download|verkrijg|haal|obtenir|obtenez)\s+(?:\S+\s+)?{_BRAND}\S{{0,15}}{_WORDS}{{0,3}}[.!]?|"
    rf"{_BRAND}\S{{0,15}}\s+(?:voor|for|für|pour)\s+{_BRAND}\s+(?:downloaden|herunterladen|ophalen)[.!]?|"
    r"sent\s+(?:from|via)(?:\s+(?:my\s+)?[^\s,;:?!.]+){1,2}|lähetetty\s+\S*phone\S*",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*[<\[(]\s*(?:https?://|mailto:)[^>\])]{0,500}[>\])]")
_CLOSING = re.compile(
    r"(?:(?:met\s+)?(?:zeer\s+)?(?:vriendelijke|vriendelijk|hartelijke|warme|beste|lieve|zonnige|sportieve|collegiale)\s+"
    r"groet(?:en|jes)?|(?:veel\s+)?groet(?:en|jes)?|m\.?v\.?g\.?|mvrgr|gr|grt|hoogachtend|"
    r"(?:met\s+)?(?:de\s+)?meeste hoogachting|"
    r"(?:with\s+)?(?:kind(?:est)?|best|warm(?:est)?|many)?\s*regards|best wishes|(?:very\s+)?yours (?:sincerely|"
    r"faithfully|truly)|cheers|kr|"
    r"mit freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:viele|liebe|beste|herzliche|freundliche) gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|"
    r"(?:bien )?cordialement|(?:sincères |meilleures )?salutations|"
    r"(?:med )?(?:venlig|vennlig|vänlig|kærlig|hjertelig)e? h(?:ilsen|älsning|älsningar)|hilsen|hälsningar|mvh|kh|vh|"
    r"(?:serdecznie )?pozdrawiam|z powa(?:ż|z)aniem|cordiali saluti|distinti saluti|saluti|"
    r"(?:un )?saludos?|(?:com os melhores )?cumprimentos|atenciosamente|ystävällisin terveisin)"
    r"(?P<rest>(?:[\s,.!:–-].*)?)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"uitsluitend (?:bestemd|bedoeld)|vertrouwelijke (?:informatie|gegevens)|informatie .{0,60}vertrouwelijk|"
    r"niet de (?:beoogde|bedoelde)|ten onrechte ontvang|abusievelijk|geen rechten (?:worden )?ontleend|"
    r"intended (?:solely|only|recipient)|(?:strictly|may be|is) confidential|confidentiality notice|"
    r"legally privileged|not the intended|received this (?:e-?mail|message) in error|"
    r"denk aan het milieu|consider the environment|think before (?:you )?print|virusvrij|virus-free|avast|"
    r"informazioni contenute|persona(?:e|)? diverse dal destinatario|vertraulich|nicht der richtige adressat",
    re.IGNORECASE,
)
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("phone", re.compile(r"(?:\+|\b0|\b00|\()\d[\d\s().-]{7,}", re.IGNORECASE)),
    ("fax", re.compile(r"\bfax\b", re.IGNORECASE)),
    ("web", re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:nl|be|com|eu|de|org|net)\b(?!@)", re.IGNORECASE)),
    ("mail", re.compile(r"\S+@\S+\.\w+")),
    ("register", re.compile(r"\b(?:kvk|k\.v\.k|btw|vat|iban|bic|handelsregister)\b", re.IGNORECASE)),
    ("logo", re.compile(r"\[(?:image|cid|afbeelding|logo)[:\s]", re.IGNORECASE)),
    ("title", re.compile(r"\S+ \| \S+|^\*[^*]+\*\s*$")),
    ("place", re.compile(r"\b\d{4}\s?[A-Z]{2}\b|\b(?:postbus|p\.?o\.? box)\b", re.IGNORECASE)),
)
_BUSINESS = {"fax", "logo", "title", "web"}
_ANNOUNCED = re.compile(
    r"gegevens|adres|contact|details|nummer|\bdata\b|[a-z)]\s*:\s*$|address|information", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.?!][\"')]?$")
_TAIL = 60
"""Lines from the end within which a signature without a certain mark is looked for."""
_AFTER_CLOSING = 12
_AFTER_DASHES = 15


def signature_start(lines: list[str]) -> tuple[int, bool]:
    """Where the signature begins in a stretch of text (its length when there is none), and whether it is certain:

    marked by the mail program, so that nothing a person wrote can be in it.
    """
    end = _certain(lines)
    certain = end < len(lines)
    end = min(end, _disclaimer(lines[:end]))
    for cut in (_closing, _card):
        first = max(0, end - _TAIL)
        end = first + cut(lines[first:end])
    return end, certain and not any(line.strip() for line in lines[:end])


def _certain(lines: list[str]) -> int:
    """Where a mail program's own mark stands. A phone's footer ends the text however much follows it."""
    last = max((index for index, line in enumerate(lines) if line.strip()), default=-1)
    said = False
    for index, line in enumerate(lines[: last + 1]):
        alone = index == 0 or not lines[index - 1].strip() or index == last
        if alone and (said or index == last) and is_mobile_footer(line):
            return index
        if index > last - _TAIL and _dashes(line, lines[index + 1 : last + 1]):
            return index
        said = said or bool(line.strip())
    return len(lines)


def _dashes(line: str, below: list[str]) -> bool:
    count = sum(1 for text in below if text.strip())
    if _DASHES.fullmatch(line):
        return count <= _AFTER_DASHES
    return _UNDERSCORES.fullmatch(line) is not None and count <= 10 and _FOOTER.search("\n".join(below)) is not None


def is_mobile_footer(line: str) -> bool:
    """Whether the whole line is what a phone or mail program adds by itself ("Verstuurd vanaf mijn iPhone")."""
    text = _LINK.sub("", line[:600]).strip(" *_\t")
    return 0 < len(text) <= 80 and _MOBILE.fullmatch(text) is not None


def _disclaimer(lines: list[str]) -> int:
    """Where the paragraphs about confidentiality begin that a mail server puts at the end."""
    end = len(lines)
    while True:
        last = end
        while last and _is_gap(lines[last - 1]):
            last -= 1
        first = last
        while first and not _is_gap(lines[first - 1]):
            first -= 1
        if first == last or not _DISCLAIMER.search(" ".join(lines[first:last])[:5_000]):
            return end
        end = first


def _is_gap(line: str) -> bool:
    return not line.strip() or is_rule(line)


def _closing(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        match = _CLOSING.fullmatch(line.strip(" *_\t")) if len(line) < 120 else None
        if match is None or not _is_name(match["rest"]):
            continue
        below = [text.strip() for text in lines[index + 1 :] if text.strip()]
        if len(below) <= _AFTER_CLOSING and all(map(_belongs_to_signature, below)):
            return index
    return len(lines)


def _is_name(rest: str) -> bool:
    words = rest.strip(" ,.!:–-").split()
    return len(words) <= 5 and not any(letter.isdigit() or letter in "?:;" for letter in rest.strip(" ,.!:–-"))


def _belongs_to_signature(line: str) -> bool:
    """Whether a line below a closing is a name, a title or an address, and not something still being said."""
    if re.match(r"(?:p\.?\s?s\b|n\.?b\.?\b|bijlagen?\b|[-•*] )", line, re.IGNORECASE):
        return False
    words = line.split()
    return len(line) <= 120 and len(words) <= 10 and not (len(words) >= 5 and _SENTENCE.search(line))


def _card(lines: list[str]) -> int:
    """A business card without any mark above it: signs of at least three kinds, one of them of a business."""
    paragraphs = _paragraphs(lines)
    for number, (first, _) in enumerate(paragraphs):
        if number == 0:
            continue
        above = lines[paragraphs[number - 1][1] - 1]
        if _ANNOUNCED.search(above) or not _shows_card(lines[first : paragraphs[number][1]], alone=False):
            continue
        if _shows_card(lines[first:], alone=True):
            return first
    return len(lines)


def _shows_card(lines: list[str], *, alone: bool) -> bool:
    said = [line for line in lines if line.strip()]
    kinds = {kind for line in said for kind, sign in _SIGNS if sign.search(line[:300])}
    if not alone:
        return bool(kinds) and not any(len(line.split()) > 9 or _SENTENCE.search(line.strip()) for line in said)
    marked = sum(1 for line in said[:8] if any(sign.search(line[:300]) for _, sign in _SIGNS))
    return len(kinds) >= 3 and bool(kinds & _BUSINESS) and marked * 2 >= len(said[:8])


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for index, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = index
        elif not line.strip() and start is not None:
            found.append((start, index))
            start = None
    return found
