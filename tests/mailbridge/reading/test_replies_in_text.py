"""Answers in plain text, by every program in the table, with every answer and every closing."""

import itertools

import pytest

from mailbridge.parsing import read_mail
from mailbridge.replies import Reply, reply_of
from tests.mailbridge.reading.writing import ANSWERS, CLIENTS, CLOSINGS, Client, mail


def reply(text: str, subject: str = "Re: Koopakte") -> Reply:
    return reply_of(read_mail(mail(text, subject=subject).as_bytes()))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_only_the_answer_is_kept(client: Client) -> None:
    wrong = []
    for (answer, text), (closing, ending) in itertools.product(ANSWERS.items(), CLOSINGS.items()):
        found = reply(client.reply(text + ending))
        if found.text != text:
            wrong.append((answer, closing, found.how, found.text))
    assert wrong == []


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_without_history_only_the_signature_goes(answer: str, closing: str) -> None:
    assert reply(ANSWERS[answer] + CLOSINGS[closing]).text == ANSWERS[answer]


def test_interleaved_answers_are_kept_with_their_questions() -> None:
    text = (
        "Op di 14 mei 2024 om 16:02 schreef Kantoor <k@kantoor.example>:\n\n> Kloppen de namen?\n\nNee.\n\n"
        "> Wanneer kunt u?\n\nVrijdag.\n\n> Groet, het kantoor\n\nVerstuurd vanaf mijn iPhone\n"
    )
    found = reply(text)
    assert found.text == "> Kloppen de namen?\n\nNee.\n\n> Wanneer kunt u?\n\nVrijdag."
    assert "Groet, het kantoor" in found.cut


def test_an_answer_below_the_whole_quote_is_kept_without_it() -> None:
    history = "\n".join(f"> regel {number}" for number in range(8))
    found = reply(
        f"Op 14 mei 2024 16:02 schreef Kantoor <k@kantoor.example>:\n{history}\n\nDat is goed.\n\nGroet,\nAnna"
    )
    assert found.text == "Dat is goed."


def test_a_quote_without_attribution_is_kept_above_an_answer() -> None:
    assert reply("> Kloppen de namen?\nNee.").text == "> Kloppen de namen?\nNee."


def test_a_line_that_a_mailer_broke_off_a_quote_is_no_answer() -> None:
    text = (
        "Akkoord.\n\nOp 14 mei 2024 16:02 schreef Kantoor <k@kantoor.example>:\n\n"
        "> Wij verzoeken u om de bijgevoegde stukken voor aanstaande vrijdag\nte lezen en te tekenen.\n> Groet\n"
    )
    assert reply(text).text == "Akkoord."


@pytest.mark.parametrize(
    "separator",
    [
        "---------- Forwarded message ---------",
        "---------- Doorgestuurd bericht ---------",
        "Begin doorgestuurd bericht:",
        "Begin forwarded message:",
        "-------- Doorgestuurd bericht --------",
    ],
)
def test_forwarded_text_is_kept(separator: str) -> None:
    text = f"Zie de bank.\n\n{separator}\nVan: Bank <b@bank.example>\nDatum: 3 mei 2024\nOnderwerp: Offerte\nAan: a@smit.example\n\nHet mag.\n"
    found = reply(text, subject="Fwd: Offerte")
    assert found.text.startswith("Zie de bank.")
    assert found.text.endswith("Het mag.")


def test_an_outlook_forward_is_known_by_its_subject() -> None:
    text = (
        "Zie de bank.\n\nVan: Bank <b@bank.example>\nVerzonden: 3 mei 2024\nAan: Anna\nOnderwerp: Offerte\n\nHet mag.\n"
    )
    assert "Het mag." in reply(text, subject="FW: Offerte").text
    assert "Het mag." not in reply(text, subject="RE: Offerte").text


def test_only_quotes_leave_nothing_and_all_is_in_the_cut() -> None:
    found = reply("> Beste mevrouw Smit,\n> De akte ligt klaar.\n")
    assert found.text == ""
    assert "De akte ligt klaar." in found.cut


@pytest.mark.parametrize("text", ["Groeten,\nAnna", "Met vriendelijke groet", "--\nAnna Smit", "Mvg"])
def test_a_mail_that_is_only_a_closing_is_not_emptied(text: str) -> None:
    assert reply(text).text == text.strip()


def test_what_follows_a_closing_is_kept_when_it_says_something() -> None:
    text = "Prima.\n\nGroeten, Anna\n\nPS De sleutel ligt bij de buren op nummer 14."
    assert reply(text).text == text


def test_a_business_card_without_a_mark_is_a_signature() -> None:
    card = "*Anna Smit* | *Directeur*\n\nSmit Bouw B.V.\nLindelaan 12, 1234 AB Zaandam\nT 075-1234567\nKvK 12345678\nwww.smitbouw.nl"
    assert reply(f"Wij gaan akkoord met de prijs.\n\n{card}").text == "Wij gaan akkoord met de prijs."


def test_every_line_is_either_kept_or_cut() -> None:
    text = CLIENTS[0].reply(ANSWERS["two-paragraphs"] + CLOSINGS["business"])
    found = reply(text)
    for line in filter(str.strip, text.split("\n")):
        assert line.rstrip() in found.text or line.rstrip() in found.cut


FOOTERS = (
    "Sent from my iPhone", "Sent from my Verizon Wireless 4G LTE smartphone", "Sent from Yahoo Mail on Android",
    "Sent from Yahoo Mail for iPhone", "Sent from Mail for Windows 10", "Sent from Outlook", "Sent from Mailbox for iPhone",
    "Sent from Samsung Mobile", "Sent via BlackBerry from T-Mobile", "Sent with Proton Mail secure email.", "Sent from TypeApp",
    "Get Outlook for iOS<https://aka.ms/o0ukef>", "Get BlueMail for Android", "Download BlueMail voor Android",
    "Verstuurd vanaf m'n iPhone", "Verstuurd vanaf mijn iPad", "Verzonden vanaf Samsung tablet", "Verzonden vanuit Outlook",
    "Verzonden vanuit Mail<https://go.microsoft.com/fwlink/?LinkId=550986> voor Windows", "Verzonden via Yahoo Mail voor iPad",
    "Verzonden van mijn Huawei-telefoon", "Verzonden vanaf mijn Galaxy A52 5G", "Vanaf mijn iPhone verzonden",
    "Verstuurd met BlueMail", "Outlook voor iOS downloaden", "*Verstuurd vanaf mijn iPhone*", "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone", "Envoyé depuis mon iPhone", "Inviato da iPhone", "Enviado desde mi iPhone", "Skickat från min iPhone",
    "Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Gesendet mit der WEB.DE iPhone App",
)  # fmt: skip


@pytest.mark.parametrize("footer", FOOTERS)
def test_what_a_phone_adds_is_no_text(footer: str) -> None:
    assert reply(f"Akkoord\n\n{footer}\n").text == "Akkoord"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, this is easier than by phone.",
        "Verstuurd naar mijn moeder",
        "Verzonden met de volgende post",
        "Verzonden met PostNL",
        "Gestuurd naar uw mail",
        "Verstuurd per e-mail",
        "Verzonden via mail gisteren",
        "Verzonden vanuit Mail voor Windows werkt hier niet, dus ik typ het zo.",
        "Get well soon!",
        "Van mijn zus gekregen",
    ],
)
def test_a_sentence_that_only_looks_like_it_is_text(line: str) -> None:
    assert reply(f"Akkoord\n\n{line}\n\nTot vrijdag.").text == f"Akkoord\n\n{line}\n\nTot vrijdag."


@pytest.mark.parametrize(
    "head",
    [
        "El vie, 3 may 2024 a las 10:11, Kantoor (<k@kantoor.example>) escribió:",
        "Em sex., 3 de mai. de 2024 às 10:11, Kantoor <k@kantoor.example> escreveu:",
        "pá 3. 5. 2024 v 10:11 odesílatel Kantoor <k@kantoor.example> napsal:",
        "Den fre 3 maj 2024 kl 10:11 skrev Kantoor <k@kantoor.example>:",
        "Il giorno ven 3 mag 2024 alle ore 10:11 Kantoor <k@kantoor.example>\nha scritto:",
        "Kantoor <k@kantoor.example> 于2024年5月3日周五 10:11写道：",
        "2024년 5월 3일 (금) 오전 10:11, Kantoor <k@kantoor.example>님이 작성:",
        "2024-05-03 10:11 GMT+02:00 Kantoor <k@kantoor.example>:",
        "пт, 3 мая 2024 г. в 10:11, Kantoor <k@kantoor.example>:",
        "Van: Kantoor Verzonden: vrijdag 3 mei 2024 10:11 Aan: Anna Onderwerp: RE: Koopakte",
        "On Fri, May 3, 2024, 10:11 Kantoor <k@kantoor.example\n<mailto:k@kantoor.example>> wrote:",
    ],
)
def test_attributions_of_other_countries(head: str) -> None:
    assert reply(f"Akkoord\n\n{head}\n\nOude tekst").text == "Akkoord"


@pytest.mark.parametrize(
    "text",
    [
        "On your remote host you can run:\n\n    telnet 127.0.0.1\n\nThis should connect.",
        "Mijn broer schreef op 3 mei 2024:\n\nde sleutel ligt bij de buren.",
        "Op 3 mei 2024 om 10:11 heb ik u gemaild.\n\nGeen antwoord gehad.",
        "Op 12-05-2024 om 10:00 mailde ik naar jan@smit.example met als inhoud:\n\nik teken niet.",
        "Volgens afspraak:\n\nVan: Zaandam\nNaar: Utrecht\nDatum: 3 mei\n\nKlopt dat?",
        "From: 1 May\nTo: 31 May\n\nIs that free?",
        "> 1000 euro is te veel\n\nDat is mijn mening.",
        "Twee vragen:\n-- kan het vrijdag?\n-- kan mijn zus mee?\n\nGraag antwoord.",
        "Kop\n----\ntekst\n\n====\n\nmeer tekst",
        "Groeten doen aan uw collega en tot vrijdag bij u op kantoor.",
        "Met vriendelijke groet aan de notaris wil ik melden dat alles klopt.",
        "Beste,\n\nHierbij mijn gegevens:\n\nJan de Wit\nwww.dewit.nl\nKvK 12345678\n06-12345678\n1234 AB Zaandam",
    ],
)
def test_text_that_only_looks_like_history_or_a_signature(text: str) -> None:
    assert reply(text).text == text
