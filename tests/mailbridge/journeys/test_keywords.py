"""Mails of one word: what they do and what comes back, in both languages."""

import re

import pytest

from core.actor import OFFICE, Channel
from core.database import reading, transaction
from core.deliveries import ledger
from core.dossiers import dossiers
from core.notifications import tell
from core.people import linking, links, preferences
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.people.preferences import News
from mailbridge import answering, serving
from mailbridge.routing import Ways
from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import PORTAL, SETTINGS, Scene, open_dossier
from tests.support.waiting import until

OLD_CHAT = ChatKey(bot_id=7, chat_id=1234)
NEW_CHAT = ChatKey(bot_id=7, chat_id=5678)


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize(("who", "words"), [("anna", "HELP"), ("bram", "help")])
async def test_help_lists_the_words(office_by_mail: Scene, who: str, words: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box(who).send(PORTAL, "Vraagje", words)
        answer = await scene.box(who).wait()
    known = {"anna": ("ZOEK", "GEGEVENS", "KLOPT", "HERKOPPEL"), "bram": ("SEARCH", "DETAILS", "CORRECT", "RELINK")}
    for word in (*known[who], "STATUS", "STOP", "START", "HELP"):
        assert word in answer.text and word in answer.html, word
    assert answer.header("Auto-Submitted") == "auto-replied"
    assert await scene.written() == []


@pytest.mark.rule("HOME-1")
@pytest.mark.rule("MAIL-8")
async def test_status_in_the_subject_answers_in_the_readers_language(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("bram").send(PORTAL, "STATUS", "")
        overview = await scene.box("bram").wait()
    assert "Dossiers: 1 in progress, 1 in all" in overview.text
    assert "Actions: 0" in overview.text and "2026-0123" in overview.text


@pytest.mark.rule("DOS-3")
@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize("wanted", ["ZOEK 20260777", "zoek: cafe", "Search Café"])
async def test_a_search_finds_by_number_and_description_and_only_ones_own(office_by_mail: Scene, wanted: str) -> None:
    scene = office_by_mail
    async with transaction(scene.sessions) as session:
        anna = await session.get_one(Person, scene.anna.id)
        vera = await session.get_one(Person, scene.vera.id)
        mine = await open_dossier(session, scene.dossier.account_id, "2026-0777", scene.hugo, [anna])
        hers = await open_dossier(session, scene.dossier.account_id, "2026-0778", scene.hugo, [vera])
        for dossier in (mine, hers):
            await dossiers.set_description(session, dossier, "Overname Café De Tijd", OFFICE)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Zoeken", wanted)
        answer = await scene.box("anna").wait()
    assert "1 dossier gevonden" in answer.text and "2026-0777" in answer.text and "2026-0777" in answer.html
    assert "2026-0778" not in answer.text and "2026-0123" not in answer.text
    assert await scene.written() == []


@pytest.mark.rule("DOS-3")
async def test_a_search_without_result_says_so(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "ZOEK molen", "")
        answer = await scene.box("anna").wait()
    assert "Niets gevonden" in answer.text and "“molen”" in answer.text


@pytest.mark.rule("MAIL-8")
@pytest.mark.rule("DET-9")
async def test_details_are_shown_and_confirmed_by_mail(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "GEGEVENS", "")
        shown = await scene.box("anna").wait(lambda mail: "Uw gegevens" in mail.subject)
        assert "anna@post.example" in shown.text and "Nederlands" in shown.text and "KLOPT" in shown.text
        await scene.box("anna").reply(shown, "Klopt", style="iphone")
        thanks = await scene.box("anna").wait(lambda mail: "kloppen" in mail.subject)
        assert "✓ Uw gegevens nakijken" in thanks.text and "○ Telegram koppelen" in thanks.text
        await scene.box("anna").reply(thanks, "gegevens")
        again = await scene.box("anna").wait(lambda mail: "Uw gegevens bij" in mail.subject, after=thanks.id)
    assert "Antwoord dan met alleen het woord KLOPT" not in again.text
    assert await scene.written() == []


@pytest.mark.rule("MAIL-8")
@pytest.mark.parametrize("answer", ["Klopt.", "KLOPT", "Stop", "Correct!", "Zoek maar uit"])
async def test_an_answer_to_the_handler_that_looks_like_a_word_reaches_the_handler(
    office_by_mail: Scene, answer: str
) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Klopt het adres Lindelaan 14?")
        await scene.box("anna").reply(letter, answer)
        await scene.box("hugo").wait(lambda mail: answer in mail.text)
    assert [message.message.text for message in await scene.written()] == [answer]


@pytest.mark.rule("NOTE-5")
@pytest.mark.rule("MAIL-8")
async def test_stop_ends_news_and_nothing_else_and_start_begins_it_again(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        first = await _news(scene, "Gesloten met Kerst")
        await scene.box("anna").reply(first, "STOP", style="outlook")
        off = await scene.box("anna").wait(lambda mail: "geen nieuws meer" in mail.subject)
        assert await _tell_news(scene, "Dit komt niet") == []
        await scene.letter_from_hugo("Berichten komen gewoon.")
        await scene.box("anna").reply(off, "start")
        await scene.box("anna").wait(lambda mail: "weer nieuws" in mail.subject)
        await _news(scene, "Weer open")
    assert not [mail for mail in scene.box("anna").mails if "Dit komt niet" in mail.subject]
    assert await scene.written() == []


@pytest.mark.rule("NOTE-5")
async def test_only_news_can_be_stopped_by_the_mail_programs_own_button(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        assert not letter.header("List-Unsubscribe") and not letter.header("List-Id")
        news = await _news(scene, "Gesloten met Kerst")
        [address] = re.findall(r"<mailto:(\S+?)\?subject=STOP>", news.header("List-Unsubscribe"))
        assert address != news.reply_to
        automatic = {"Auto-Submitted": "auto-generated"}
        await scene.box("anna").send(
            address, "STOP", "This message was automatically generated by a mail program.", headers=automatic
        )
        await scene.box("anna").wait(lambda mail: "geen nieuws meer" in mail.subject)
    async with reading(scene.sessions) as session:
        cells = await preferences.matrix(session, scene.anna.id)
    assert not cells[News.NEWS, Channel.EMAIL] and cells[News.MESSAGE, Channel.EMAIL]
    assert await scene.written() == []


@pytest.mark.rule("NOTE-5")
async def test_a_click_stops_news_of_exactly_its_reader(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        news = await _news(scene, "Gesloten met Kerst")
    [token] = re.findall(r"<mailto:r\+([a-z2-7]+)@", news.header("List-Unsubscribe"))
    answers_to = news.reply_to.partition("+")[2].partition("@")[0]
    ways = Ways(scene.keys, SETTINGS, answering.today(scene.office))
    async with transaction(scene.sessions) as session:
        assert not await serving.stop_news(session, answers_to, ways)
        assert not await serving.stop_news(session, f"x{token}", ways)
        assert (await preferences.matrix(session, scene.anna.id))[News.NEWS, Channel.EMAIL]
        assert await serving.stop_news(session, token, ways) and await serving.stop_news(session, token, ways)
        assert not (await preferences.matrix(session, scene.anna.id))[News.NEWS, Channel.EMAIL]
        assert (await preferences.matrix(session, scene.bram.id))[News.NEWS, Channel.EMAIL]


@pytest.mark.rule("NOTE-5")
async def test_stop_in_capitals_to_a_message_says_what_it_did(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "STOP")
        off = await scene.box("anna").wait(lambda mail: "geen nieuws meer" in mail.subject)
    assert "Schrijf dan een hele zin" in off.text and "START" in off.text


@pytest.mark.rule("LINK-9")
@pytest.mark.rule("LINK-6")
async def test_a_stolen_phone_is_cut_off_by_the_mail_about_linking_again(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene, OLD_CHAT, await _relink_code(scene))
        await _relink_code(scene)
        explained = await scene.box("anna").wait(lambda mail: "gestolen" in mail.text)
        await scene.box("anna").reply(explained, "Stop! Hij is gestolen.")
        await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
    assert not await _is_linked(scene, OLD_CHAT)


@pytest.mark.rule("LINK-9")
@pytest.mark.rule("MAIL-8")
async def test_relinking_by_mail_replaces_the_old_chat(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene, OLD_CHAT, await _relink_code(scene))
        explained = await scene.box("anna").wait(lambda mail: "Opnieuw koppelen" in mail.subject)
        assert "geen Telegram gekoppeld" in explained.text
        await _link(scene, NEW_CHAT, await _relink_code(scene))
        explained = await scene.box("anna").wait(lambda mail: "“Anna 1234”" in mail.text and "vervalt" in mail.text)
    async with reading(scene.sessions) as session:
        assert await links.person_of(session, OLD_CHAT) is None
        assert await links.person_of(session, NEW_CHAT) is not None
        told = await ledger.listing(session, channel=Channel.TELEGRAM)
    assert [(delivery.kind, delivery.address) for delivery in told] == [("unlinked_here", "1234")]


@pytest.mark.rule("LINK-9")
async def test_asking_for_codes_all_day_is_refused(office_by_mail: Scene) -> None:
    scene = office_by_mail
    for _ in range(6):
        await scene.box("anna").send(PORTAL, "HERKOPPEL", "")
        await scene.settle()
    assert len([mail for mail in scene.box("anna").mails if "/start" in mail.text]) == 5
    assert [mail for mail in scene.box("anna").mails if "vandaag al vaak" in mail.text]


@pytest.mark.rule("LINK-6")
async def test_stop_to_any_security_mail_cuts_the_link(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await _link(scene, OLD_CHAT, await _relink_code(scene))
        second = await scene.box("anna").wait(lambda mail: _digits(mail) is not None)
        await scene.box("anna").reply(second, "STOP", style="gmail")
        await scene.box("anna").wait(lambda mail: "losgekoppeld" in mail.subject)
        await scene.box("mia").wait(lambda mail: "STOP" in mail.text)
    async with reading(scene.sessions) as session:
        assert await links.link_of(session, scene.anna.id) is None


async def _relink_code(scene: Scene) -> str:
    last = max((mail.id for mail in scene.box("anna").mails), default=0)
    await scene.box("anna").send(PORTAL, "HERKOPPEL", "")
    invitation = await scene.box("anna").wait(lambda mail: "/start" in mail.text, after=last)
    [code, *_] = re.findall(r"/start (\w+)", invitation.text)
    return str(code)


async def _link(scene: Scene, chat: ChatKey, code: str) -> None:
    last = max(mail.id for mail in scene.box("anna").mails)
    async with transaction(scene.sessions) as session:
        assert (await linking.give_code(session, chat, code, keys=scene.keys)).refused is None
        assert (await linking.give_email(session, chat, "anna@post.example", keys=scene.keys)).refused is None
    mail = await scene.box("anna").wait(lambda mail: _digits(mail) is not None, after=last)
    async with transaction(scene.sessions) as session:
        name = f"Anna {chat.chat_id}"
        outcome = await linking.enter(session, chat, _digits(mail) or "", keys=scene.keys, telegram_name=name)
    assert outcome.refused is None
    await until(lambda: _is_linked(scene, chat))


def _digits(mail: Mail) -> str | None:
    found = re.findall(r"^\d{6}\s*$", mail.text, re.MULTILINE)
    return str(found[0]).strip() if found else None


async def _is_linked(scene: Scene, chat: ChatKey) -> bool:
    async with reading(scene.sessions) as session:
        return await links.person_of(session, chat) is not None


async def _tell_news(scene: Scene, subject: str) -> list[object]:
    async with transaction(scene.sessions) as session:
        values = {"subject": subject, "text": "Beste klant,\n\nTot ziens."}
        return list(await tell.person(session, scene.anna.id, news=News.NEWS, kind="news", values=values))


async def _news(scene: Scene, subject: str) -> Mail:
    await _tell_news(scene, subject)
    return await scene.box("anna").wait(lambda mail: mail.subject == subject)
