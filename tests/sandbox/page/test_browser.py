"""Somebody uses the page in a real browser. Skipped where there is no Chromium."""

from collections.abc import AsyncIterator

import pytest

from sandbox.mail import attachment
from tests.sandbox.page.browser import Tab, browser, chromium
from tests.sandbox.page.conftest import ANNA, OFFICE, Scene

_LINK = '<p>Welkom</p><p><a href="https://t.me/loket_bot?start=K7MP2QXR">Open in Telegram</a></p>'


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    async with browser(program) as opened:
        yield opened


async def test_a_customer_goes_from_the_mail_to_the_chat_and_back(scene: Scene, tab: Tab) -> None:
    await tab.open(scene.world.url)
    assert "START" in await tab.js("document.querySelector('.big-key').textContent")
    await scene.bot("setMyDescription", description="Volg hier uw dossiers.", language_code="nl")
    await tab.open(scene.world.url)
    assert await tab.js("document.querySelector('.welcome p').textContent") == "Volg hier uw dossiers."

    await scene.world.mail.mailbox(OFFICE).send(ANNA, "Uw uitnodiging", "Welkom", html=_LINK)
    await tab.click(".mail-line", "Uw uitnodiging")
    await tab.until("document.querySelector('.reader iframe')?.contentDocument?.querySelector('a')")
    await tab.js("document.querySelector('.reader iframe').contentDocument.querySelector('a').click()")
    await tab.until("document.querySelector('.log').textContent.includes('/start K7MP2QXR')")
    assert scene.anna.messages[-1].text == "/start K7MP2QXR"

    keys = {"inline_keyboard": [[{"text": "Dossiers (2)", "callback_data": "d"}]]}
    sent = await scene.bot(
        "sendMessage", chat_id=scene.anna.chat_id, text="<b>Home</b> &lt;i&gt;", parse_mode="HTML", reply_markup=keys
    )
    await tab.click(".keys button", "Dossiers (2)")
    query = await _callback(scene)
    await scene.bot("answerCallbackQuery", callback_query_id=query["id"], text="Geopend")
    await tab.until("document.querySelector('.toast')?.textContent === 'Geopend'")
    await scene.bot(
        "editMessageText", chat_id=scene.anna.chat_id, message_id=sent["message_id"], text="Dossier 2026-014"
    )
    await tab.until("document.querySelector('.log').textContent.includes('Dossier 2026-014')")
    assert not await tab.js("document.querySelector('.log').textContent.includes('Home')")
    edited = {"chat_id": scene.anna.chat_id, "message_id": sent["message_id"], "text": "Terug", "reply_markup": keys}
    await scene.bot("editMessageText", **edited)
    await tab.until("document.querySelector('.log').textContent.includes('Terug')")
    assert not await tab.js("document.querySelector('.log').textContent.includes('bewerkt')"), "cards move in place"

    await tab.type(".type textarea", "Kan het <b>later</b>?", enter=True)
    await tab.until("document.querySelector('.log').textContent.includes('Kan het <b>later</b>?')")
    assert scene.anna.messages[-1].text == "Kan het <b>later</b>?"
    await tab.until("document.querySelectorAll('.step.done').length === 2")

    assert tab.trouble == []
    assert [url for url in tab.requests if not url.startswith((scene.world.url, "about:", "blob:"))] == []


async def test_a_conversation_that_was_long_on_its_way_hides_nothing_newer(scene: Scene, tab: Tab) -> None:
    """The page asks for a conversation anew; what happens before the answer is there stays seen."""
    await scene.anna.start()
    sent = await scene.bot("sendMessage", chat_id=scene.anna.chat_id, text="Home")
    await tab.open(scene.world.url)
    await tab.until("document.querySelector('.log').textContent.includes('Home')")
    await tab.js(
        "const quick = window.fetch; window.asked = window.read = 0;"
        "window.fetch = async (...what) => { const answer = await quick(...what);"
        " if (String(what[0]).includes('/messages?')) { window.asked += 1; await new Promise((go) => setTimeout(go, 700));"
        " window.read += 1; } return answer; }; 0"
    )
    scene.anna.block()
    scene.anna.unblock()
    await tab.until("window.asked > 0")
    await scene.bot("editMessageText", chat_id=scene.anna.chat_id, message_id=sent["message_id"], text="Dossier")
    await scene.bot("sendMessage", chat_id=scene.anna.chat_id, text="Nieuw")
    await tab.until("document.querySelector('.log').textContent.includes('Nieuw')")
    await tab.until("window.read === window.asked")
    await tab.js("new Promise((go) => setTimeout(go, 200))")
    shown = await tab.js("document.querySelector('.log').textContent")
    assert "Dossier" in shown
    assert "Nieuw" in shown
    assert "Home" not in shown


async def _callback(scene: Scene) -> dict[str, str]:
    """The tap, once it is there; what came before it is read as well."""
    offset = 0
    for _ in range(5):
        for update in await scene.bot("getUpdates", timeout=5, offset=offset):
            offset = update["update_id"] + 1
            if "callback_query" in update:
                return dict(update["callback_query"])
    raise AssertionError("no tap arrived")


async def test_mail_can_be_answered_in_a_chosen_clients_way(scene: Scene, tab: Tab) -> None:
    await scene.world.mail.mailbox(OFFICE).send(ANNA, "Akte", "De akte is klaar.")
    await tab.open(scene.world.url)
    await tab.click(".mail-line", "Akte")
    await tab.click(".reader-tabs .button", "Beantwoorden")
    await tab.js("document.querySelector('[name=style]').value = 'outlook'")
    await tab.type(".write textarea", "Akkoord")
    await tab.click(".write button", "Verstuur mail")
    assert (await scene.world.mail.mailbox(OFFICE).wait()).text.startswith("Akkoord\n\nVan: Notaris Van Dalen")
    await tab.until("document.querySelector('#notices').textContent.includes('Mail verstuurd')")
    await tab.click("[role=tab]", "kantoor")
    await tab.until("document.querySelector('.mail-line').textContent.includes('RE: Akte')")
    assert tab.trouble == []


async def test_a_mail_cannot_run_scripts_or_fetch_anything(scene: Scene, tab: Tab) -> None:
    nasty = (
        "<script>parent.document.title='gehackt'</script><img src='http://elders.example/pixel.png' onerror=\"parent.document.title='gehackt'\">"
        "<style>@import 'http://elders.example/x.css'; p { color: rgb(1, 2, 3) }</style><p id='p'>Dag</p>"
    )
    await scene.world.mail.mailbox(OFFICE).send(ANNA, "Vals", "x", html=nasty)
    await tab.open(scene.world.url)
    await tab.click(".mail-line", "Vals")
    await tab.until("document.querySelector('.reader iframe')?.contentDocument?.querySelector('#p')")
    colour = "getComputedStyle(document.querySelector('.reader iframe').contentDocument.querySelector('#p')).color"
    assert await tab.js(colour) == "rgb(1, 2, 3)"
    assert "gehackt" not in await tab.js("document.title")
    assert scene.world.title in await tab.js("document.title")
    blocked = [line for line in tab.trouble if "violates the following Content Security Policy" in line]
    assert all(
        any(address in line for line in blocked) for address in ("elders.example/pixel.png", "elders.example/x.css")
    )
    assert [url for url in tab.requests if not url.startswith((scene.world.url, "about:", "blob:", "data:"))] == []


async def test_files_photos_and_a_forged_mail_show_as_such(scene: Scene, tab: Tab) -> None:
    await scene.anna.start()
    await scene.anna.send_document("verklaring.pdf", b"%PDF-1.7 x", "application/pdf", "Ter ondertekening")
    eva = scene.world.mail.add_mailbox("eva@elders.example", "eva")
    await eva.send(ANNA, "Betaal", "nu", from_=OFFICE, attachments=[attachment("rekening.pdf", b"%PDF")])
    await tab.open(scene.world.url)
    await tab.until("document.querySelector('.paperclip[download=\"verklaring.pdf\"]')")
    await tab.click(".mail-line", "Betaal")
    await tab.until("document.querySelector('.reader .warning')?.textContent.includes('dmarc=fail')")
    await tab.until("document.querySelector('.reader .files a')?.textContent.includes('rekening.pdf')")
    assert tab.trouble == []


async def test_a_sticker_a_place_and_a_poll_show_as_what_they_are(scene: Scene, tab: Tab) -> None:
    await scene.anna.start()
    for send in (scene.anna.send_sticker("🎉"), scene.anna.send_location(), scene.anna.send_poll("Welke dag?")):
        await send
    await tab.open(scene.world.url)
    await tab.until("document.querySelector('.sticker')?.textContent === '🎉'")
    log = await tab.js("document.querySelector('.log').textContent")
    assert "Locatie52.0907, 5.1214" in log and "Welke dag?ja · nee" in log
    assert not await tab.js("document.querySelector('a.paperclip')"), "none of these is a file to fetch"
    assert tab.trouble == []


async def test_english_actions_and_faults(scene: Scene, tab: Tab) -> None:
    await tab.open(scene.world.url)
    await tab.click("[data-language=en]")
    await tab.until("document.documentElement.lang === 'en'")
    await tab.click(".action", "Greet")
    await tab.js("document.querySelector('.action').requestSubmit()")
    await tab.until("document.querySelector('.action output').textContent === 'Dag Anna'")
    await tab.click("#watch-faults")
    await tab.click(".switch input")
    await tab.until("document.querySelector('.watch-tabs .badge')?.textContent === '1'")
    assert tab.trouble == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1100, 800), (1440, 900)])
async def test_nothing_sticks_out_at_any_width(scene: Scene, tab: Tab, width: int, height: int) -> None:
    await scene.anna.start()
    await scene.world.mail.mailbox(OFFICE).send(ANNA, "Een lang onderwerp " * 9, "x" * 300)
    await tab.open(scene.world.url, width=width, height=height)
    await tab.until("document.querySelector('.mail-line')")
    assert await tab.js("document.documentElement.scrollWidth") <= width
    wide = "[...document.querySelectorAll('main :is(section, button, input, select, textarea, iframe, h3, .bubble, .feed, .type)')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.boxes, .holders, .picked'))"
    assert await tab.js(f"{wide}.map(e => e.className)") == []


async def test_every_button_and_field_has_a_name(scene: Scene, tab: Tab) -> None:
    await scene.anna.start()
    await tab.open(scene.world.url)
    nameless = (
        "[...document.querySelectorAll('button, input, textarea, select, iframe')].filter(e => e.checkVisibility() && !e.textContent.trim()"
        " && !e.getAttribute('aria-label') && !e.title && !e.closest('label'))"
    )
    assert await tab.js(f"{nameless}.map(e => e.outerHTML)") == []
