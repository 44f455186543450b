"""Mails as the usual programs write them, made up for these tests: an answer above, and the office's mail below."""

from dataclasses import dataclass
from email.message import EmailMessage

NAME = "Kantoor Van Dijk & Zonen"
ADDRESS = "r+k7m2p9@post.vandijk.example"
OFFICE = f"{NAME} <{ADDRESS}>"

OURS = (
    "Beste mevrouw Smit,",
    "",
    "De koopakte van de Lindelaan ligt klaar om na te lezen.",
    "Laat u ons vóór vrijdag weten of de namen kloppen?",
    "",
    "Vriendelijke groet,",
    NAME,
)


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program: what it puts between the answer and the history, and how it quotes."""

    name: str
    head: str
    mark: str = "> "

    def reply(self, answer: str) -> str:
        """The plain text of an answer by this program."""
        history = "\n".join(f"{self.mark}{line}".rstrip() if self.mark else line for line in OURS)
        return f"{answer}\n\n{self.head}\n{history}\n"


_BLOCK = (
    f"Van: {OFFICE}\nVerzonden: dinsdag 14 mei 2024 16:02\nAan: Anna Smit <anna@smit.example>\nOnderwerp: RE: Koopakte"
)
_BLOCK_EN = f"From: {OFFICE}\nSent: Tuesday, May 14, 2024 4:02 PM\nTo: Anna Smit <anna@smit.example>\nSubject: RE: Deed"

CLIENTS = (
    Client("gmail-web-nl", f"Op di 14 mei 2024 om 16:02 schreef {OFFICE}:\n"),
    Client("gmail-web-nl-wrapped", f"Op di 14 mei 2024 om 16:02 schreef {NAME} <\n{ADDRESS}>:\n"),
    Client("gmail-web-nl-wrapped-early", f"Op di 14 mei 2024 om 16:02 schreef\n{OFFICE}:\n"),
    Client("gmail-android-nl-old", f'Op 14 mei 2024 16:02 schreef "{NAME}" <{ADDRESS}>:\n'),
    Client("gmail-web-en", f"On Tue, May 14, 2024 at 4:02 PM {OFFICE} wrote:\n"),
    Client("gmail-web-en-wrapped", f"On Tue, May 14, 2024 at 4:02 PM {NAME} <\n{ADDRESS}> wrote:\n"),
    Client("ios-nl", f"> Op 14 mei 2024 om 16:02 heeft {OFFICE} het volgende geschreven:\n> "),
    Client("ios-nl-wrapped", f"Op 14 mei 2024 om 16:02 heeft {NAME}\n<{ADDRESS}> het\nvolgende geschreven:\n"),
    Client("apple-mail-nl", f"Op 14 mei 2024, om 16:02 heeft {OFFICE} het volgende geschreven:\n"),
    Client("apple-mail-en", f"On 14 May 2024, at 16:02, {OFFICE} wrote:\n"),
    Client("ios-en", f"> On 14 May 2024, at 16:02, {OFFICE} wrote:\n> "),
    Client("thunderbird-nl", f"Op 14-05-2024 om 16:02 schreef {NAME}:"),
    Client("thunderbird-nl-author-first", f"{NAME} schreef op 14-05-2024 om 16:02:"),
    Client("thunderbird-en", f"On 14/05/2024 16:02, {NAME} wrote:"),
    Client("outlook-desktop-nl", f"{_BLOCK}\n", ""),
    Client("outlook-desktop-nl-dashes", f"-----Oorspronkelijk bericht-----\n{_BLOCK}\n", ""),
    Client("outlook-web-nl-line", f"{'_' * 32}\n{_BLOCK}\n", ""),
    Client("outlook-desktop-nl-quoted", f"{_BLOCK}\n", "> "),
    Client(
        "outlook-mac-nl",
        _BLOCK.replace("Verzonden: dinsdag 14 mei 2024 16:02", "Datum: dinsdag 14 mei 2024 om 16:02") + "\n",
        "",
    ),
    Client(
        "outlook-bold-nl",
        _BLOCK.replace("Van:", "*Van:*").replace("Aan:", "*Aan:*").replace("Verzonden:", "*Verzonden:*") + "\n",
        "",
    ),
    Client(
        "outlook-with-cc-and-files",
        _BLOCK.replace("\nOnderwerp", "\nCC: Jan Smit <jan@smit.example>\nBijlagen: akte.pdf\nOnderwerp") + "\n",
        "",
    ),
    Client("outlook-desktop-en", f"{_BLOCK_EN}\n", ""),
    Client("outlook-desktop-en-dashes", f"-----Original Message-----\n{_BLOCK_EN}\n", ""),
    Client(
        "samsung-nl",
        f"-------- Oorspronkelijk bericht --------\n{_BLOCK.replace('Verzonden: dinsdag 14 mei 2024 16:02', 'Datum: 14-05-2024 16:02 (GMT+01:00)')}\n",
        "",
    ),
    Client("yahoo-nl", f"Op dinsdag 14 mei 2024 om 16:02:33 CEST schreef {OFFICE}:\n", ""),
    Client("yahoo-en", f"On Tuesday, May 14, 2024 at 04:02:33 PM GMT+2, {OFFICE} wrote:\n", ""),
    Client("proton-nl", f"Op dinsdag 14 mei 2024 om 16:02 schreef {OFFICE}:\n"),
    Client("proton-en", f"On Tuesday, May 14th, 2024 at 16:02, {OFFICE} wrote:\n"),
    Client("kpn-open-xchange", f"> Op 14-05-2024 16:02 CEST schreef {OFFICE}:\n> \n> "),
    Client("ziggo-open-xchange-unquoted-head", f"Op 14 mei 2024 om 16:02 schreef {OFFICE}:\n\n"),
    Client("roundcube-nl", f"{NAME} schreef op 2024-05-14 16:02:\n"),
    Client("roundcube-be", f"Op 2024-05-14 16:02, schreef {NAME}:\n"),
    Client("roundcube-en", f"On 2024-05-14 16:02, {NAME} wrote:\n"),
    Client("zimbra-nl", f"----- Oorspronkelijk bericht -----\n{_BLOCK}\n", ""),
    Client(
        "zimbra-en",
        f'From: "{NAME}" <{ADDRESS}>\nTo: "Anna Smit" <anna@smit.example>\nSent: Tuesday, May 14, 2024 4:02:33 PM\nSubject: Re: Deed\n',
        "",
    ),
    Client("evolution-nl", f"Op di, 2024-05-14 om 16:02 +0200 schreef {NAME}:"),
    Client("evolution-en", f"On Tue, 2024-05-14 at 16:02 +0200, {NAME} wrote:"),
    Client("kmail-nl", f"Op dinsdag 14 mei 2024 16:02:33 CEST schreef {NAME}:"),
    Client("k9-nl", f"Op 14 mei 2024 16:02:33 CEST schreef {OFFICE}:", ">"),
    Client("bluemail-nl", f"Op 14 mei 2024, om 16:02, {OFFICE} schreef:\n"),
    Client("spark-nl", f"Op 14 mei 2024 16:02 +0200 schreef {OFFICE}:\n"),
    Client(
        "windows-mail-nl",
        f"Verzonden vanuit Mail voor Windows\n\n{_BLOCK.replace(OFFICE, f'{NAME}<mailto:{ADDRESS}>')}\n",
        "",
    ),
    Client("zoho-en", f"---- On Tue, 14 May 2024 16:02:33 +0200 {OFFICE} wrote ----\n", ""),
    Client("horde-nl", f"Citeren {OFFICE}:\n"),
    Client("horde-en", f"Quoting {OFFICE}:\n"),
    Client("our-marker-nl", "##- Typ uw antwoord boven deze regel -##\n", ""),
    Client("our-marker-en", "##- Please type your reply above this line -##\n", ""),
    Client(
        "german-outlook",
        f"Von: {OFFICE}\nGesendet: Dienstag, 14. Mai 2024 16:02\nAn: Anna Smit\nBetreff: AW: Kaufvertrag\n",
        "",
    ),
    Client("german-gmail", f"Am Di., 14. Mai 2024 um 16:02 Uhr schrieb {OFFICE}:\n"),
    Client("french-gmail", f"Le mar. 14 mai 2024 à 16:02, {OFFICE} a écrit :\n"),
)

ANSWERS = {
    "one-line": "Prima, zo is het goed.",
    "two-paragraphs": "Goedemiddag,\n\nMijn tweede naam is fout gespeld: het is Catharina.\nVerder klopt alles.\n\nWanneer kan ik tekenen?",
    "list": "De antwoorden:\n\n1. ja\n2. nee\n3. dat weet ik nog niet\n\n- sleutels: 3 stuks\n- meterstand: 10422",
    "sentence-like-an-attribution": "Op 2 mei schreef ik al dat mijn zus meetekent.\nOp vrijdag ben ik er niet.",
    "sentence-with-colon": "Op 2 mei 2024 schreef u het volgende: de sleutel volgt.\nDat is nog niet gebeurd.",
    "period-like-headers": "Graag een kopie voor deze periode.\nVan: 1 mei 2023\nTot: 30 april 2024\nAlvast bedankt!",
    "more-than-sign": "De koopsom moet < 400.000 en > 350.000 zijn.",
    "own-data": "Hierbij mijn gegevens:\n\nAnna Smit\nLindelaan 12\n1234 AB Zaandam\nTel: 06-12345678\nIBAN: NL02ABNA0123456789\nanna@smit.example",
    "english": "Thanks, but on 2 May I wrote that my sister signs too.\nOn Friday I am away.\n\nIs that a problem?",
    "name-in-capitals": "AKKOORD",
    "emoji": "👍",
    "url": "Zie https://www.kadaster.example/op-datum-schreef/jan:\ndaar staat het perceel.",
}

CLOSINGS = {
    "none": "",
    "mvg": "\n\nMet vriendelijke groet,\nAnna Smit",
    "mvg-short": "\n\nMvg, Anna",
    "greeting": "\n\nGroetjes,\n\nAnna",
    "phone": "\n\nVerstuurd vanaf mijn iPhone",
    "phone-android": "\n\nVerzonden vanaf mijn Galaxy",
    "phone-samsung": "\n\nVerzonden met mijn Samsung Galaxy-smartphone.",
    "phone-outlook": "\n\nOutlook voor Android downloaden<https://aka.ms/AAb9ysg>",
    "phone-outlook-ios": "\n\nVerstuurd vanaf Outlook voor iOS<https://aka.ms/o0ukef>",
    "phone-en": "\n\nSent from my iPad",
    "outlook-en": "\n\nGet Outlook for Android<https://aka.ms/ghei36>",
    "closing-and-phone": "\n\nGroet,\nAnna\n\nVerstuurd vanaf mijn iPad",
    "proton": "\n\nVerzonden met Proton Mail beveiligde e-mail.",
    "regards": "\n\nKind regards,\n\nAnna Smit\nLindelaan 12, Zaandam\n+31 6 12345678",
    "dashes": "\n\n-- \nAnna Smit\nwww.smit.example",
    "business": "\n\nHoogachtend,\n\nmr. A. Smit\nSmit Bouw B.V.\nT 075-1234567 | www.smit.example\nKvK 12345678",
    "disclaimer": "\n\nGroeten,\nAnna\n\nDit bericht is uitsluitend bestemd voor de geadresseerde. Ontvangt u het ten onrechte, verwijder het dan.",
}


def mail(
    text: str | None = None,
    html: str | None = None,
    *,
    subject: str = "Re: Koopakte",
    sender: str = "Anna Smit <anna@smit.example>",
) -> EmailMessage:
    """A mail from a customer, to be completed by the test."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ADDRESS
    message["Subject"] = subject
    message["Date"] = "Tue, 14 May 2024 18:00:00 +0200"
    message["Message-ID"] = "<a1@smit.example>"
    message["In-Reply-To"] = "<d-117@post.vandijk.example>"
    if text is not None:
        message.set_content(text, cte="8bit")
    if html is not None and text is not None:
        message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    return message
