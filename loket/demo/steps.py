"""The story of the try-out: six steps, each ticked when the world shows that it was done."""

from loket.demo.people import HANDLER
from sandbox.world import Happening, Step


class Words:
    """A happening of one kind whose title or detail holds one of the words."""

    def __init__(self, channel: str, kind: str, words: tuple[str, ...], *, who: str = "") -> None:
        self._channel, self._kind, self._words, self._who = channel, kind, words, who

    def __call__(self, happening: Happening) -> bool:
        text = f"{happening.title} {happening.detail}".lower()
        return (
            (happening.channel, happening.kind) == (self._channel, self._kind)
            and self._who in happening.who
            and any(word.lower() in text for word in self._words)
        )


def steps() -> list[Step]:
    """The story of the first issue, as a visitor walks it."""
    return [
        Step(
            "invite",
            {"nl": "Nodig Anna uit", "en": "Invite Anna"},
            {
                "nl": "Knop «Nodig een klant uit»; open daarna Anna's mailbox.",
                "en": "Button “Invite a customer”; then open Anna's mailbox.",
            },
            Words("mail", "delivered", ("uitnodiging", "invitation", "welkom", "welcome", "koppel", "link")),
        ),
        Step(
            "link",
            {"nl": "Koppel haar Telegram", "en": "Link her Telegram"},
            {
                "nl": "Klik op de link in de mail, geef haar adres, toets de zes cijfers.",
                "en": "Click the link in the mail, give her address, enter the six digits.",
            },
            Words("telegram", "call", ("Mijn gegevens", "My details")),
        ),
        Step(
            "document",
            {"nl": "Open het dossier, download een stuk", "en": "Open the dossier, download a paper"},
            {"nl": "Home → Dossiers → Documenten.", "en": "Home → Dossiers → Documents."},
            Words("telegram", "call", ("sendDocument",)),
        ),
        Step(
            "write",
            {"nl": "Schrijf met foto's en een pdf", "en": "Write with photos and a PDF"},
            {
                "nl": "Stuur een album en een bestand, haal er een weg, Versturen.",
                "en": "Send an album and a file, remove one, send.",
            },
            Words("mail", "delivered", ("",), who=HANDLER[1]),
        ),
        Step(
            "answer",
            {"nl": "Antwoord als behandelaar per mail", "en": "Answer as the handler, by mail"},
            {
                "nl": "Eva's mailbox → Beantwoorden. Anna krijgt het in Telegram en per mail.",
                "en": "Eva's mailbox → Reply. Anna gets it in Telegram and by mail.",
            },
            Words("telegram", "call", ("Nieuw bericht", "New message")),
        ),
        Step(
            "kill",
            {"nl": "Trek de stekker eruit", "en": "Pull the plug"},
            {"nl": "Knop «kill -9», midden in wat u doet.", "en": "Button “kill -9”, in the middle of anything."},
            Words("action", "done", ("kill",)),
        ),
    ]
