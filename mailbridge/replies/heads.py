"""The block of header lines above history ("Van: … Verzonden: … Aan: … Onderwerp: …"), separators, and forwards."""

import re
from collections.abc import Mapping

_ROLES: Mapping[str, str] = {
    "from": r"van|from|von|de|fra|från|da|od|lähettäjä|от|expéditeur|mittente|remitente",
    "date": r"verzonden(?: op)?|verstuurd|datum|sent|date|gesendet|envoyé(?: le)?|sendt|dato|skickat|inviato|data|"
    r"enviado(?: el| em)?|enviada(?: em)?|fecha|wysłano|lähetetty|päivämäärä|message du|отправлено|дата",
    "to": r"aan|to|an|à|a|til|till|para|do|vastaanottaja|per|кому",
    "cc": r"cc|bcc|kopie(?: aan)?|copie(?: à)?|kopi|kopia|dw|копия",
    "subject": r"onderwerp|betreft|subject|betreff|objet|sujet|emne|ämne|oggetto|asunto|assunto|temat|aihe|тема",
    "other": r"bijlagen?|attachments?|urgentie|prioriteit|importance|reply-to|antwoord aan|beantwoorden",
}
_HEAD = re.compile(
    r"[>|\s]*(?:" + "|".join(f"(?P<{role}>{words})" for role, words in _ROLES.items()) + r")\s{0,3}:\s*(?P<value>.*)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[-_=*\s]{2,40}(?:original (?:message|appointment|mail|e-mail)|"
    r"oorspronkelijke? (?:bericht|e-?mail|mail|afspraak)|origineel bericht|ursprüngliche nachricht|"
    r"original-nachricht|message d['’]origine|message (?:original|initial)|"
    r"oprindelig (?:besked|meddelelse|mail)|opprinnelig melding|ursprungligt meddelande|originalmeddelande|"
    r"messaggio originale|mensaje original|mensagem original|wiadomość oryginalna|oryginalna wiadomość|"
    r"alkuperäinen viesti|исходное сообщение|původní zpráva)\s*:?[-_=*\s]{2,40}",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"(?:[-_=*\s]{2,40}\s*(?:forwarded message|doorgestuurd bericht|doorgestuurde? (?:e-?mail|mail|bericht)|"
    r"weitergeleitete nachricht|message transféré|message transmis|videresendt (?:besked|melding)|"
    r"vidarebefordrat meddelande|messaggio inoltrato|mensaje reenviado|mensagem encaminhada|"
    r"forwarded by .{1,80}|doorgestuurd door .{1,80})\s*:?[-_=*\s]{0,40}|"
    r"(?:begin forwarded message|begin doorgestuurd bericht|anfang der weitergeleiteten nachricht|"
    r"début du message (?:réexpédié|transféré))\s*:?)",
    re.IGNORECASE,
)
_ON_ONE_LINE = re.compile(
    r"(?:van|from|von)\s?:.{1,300}?\b(?:verzonden|sent|datum|date|gesendet)\s?:.{1,200}?\b(?:aan|to|an)\s?:.{1,500}?"
    r"\b(?:onderwerp|subject|betreff)\s?:.*",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*~–—]{3,}\s*")
_LINES = 14


def is_forward(line: str) -> bool:
    """Whether forwarded text begins with this line: what follows was meant to be read."""
    return len(line) < 200 and _FORWARD.fullmatch(line.strip(" >\t")) is not None


def is_original(line: str) -> bool:
    """Whether the line separates an answer from the mail that it answers."""
    return len(line) < 120 and _ORIGINAL.fullmatch(line.strip(" >\t")) is not None


def is_rule(line: str) -> bool:
    """Whether the line is nothing but dashes, underscores or the like."""
    return _RULE.fullmatch(line.strip()) is not None


def head_at(lines: list[str], start: int) -> int:
    """How many lines a header block takes that begins at `start`, 0 when none does.

    "Van: 1 januari / Tot: 31 maart" is not one: it takes an author, two other fields, and a subject or an address.
    """
    if len(lines[start]) < 600 and _ON_ONE_LINE.fullmatch(lines[start].replace("*", "").strip()):
        return 1
    roles: dict[str, str] = {}
    position, continued, length = start, 0, 0
    while position < min(len(lines), start + _LINES):
        text = lines[position].replace("*", "").strip()
        match = _HEAD.fullmatch(text) if len(text) < 1_000 else None
        if match is None:
            continued += 1
            if not text or position == start or continued > 2:
                break
        else:
            continued = 0
            length = position - start + 1
            role = match.lastgroup if match.lastgroup != "value" else _role(match)
            roles.setdefault(role or "other", match["value"])
        position += 1
        if "date" in roles and len(roles) == 1 and position < len(lines) and not lines[position].strip():
            break
    return length if _complete(roles, " ".join(lines[start : start + length])) else 0


def _role(match: re.Match[str]) -> str:
    return next(role for role in _ROLES if match[role] is not None)


def _complete(roles: dict[str, str], text: str) -> bool:
    if "from" not in roles:
        return False
    others = {"date", "to", "subject"} & roles.keys()
    if "@" in roles["from"] and others:
        return True
    return len(others) >= 2 and ("subject" in roles or "@" in text)
