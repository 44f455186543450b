"""Screens by their return value: within Telegram's limits with the longest things, in both languages, one tap from home."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb, read
from bot.screens import (
    about,
    actions,
    details,
    documents,
    dossiers,
    drafts,
    editing,
    home,
    linking,
    members,
    messages,
    notices,
    security,
    unread,
)
from bot.screens.choice import Choice, mask
from bot.screens.screen import Look, Screen
from core import texts
from core.accounts.managing import Member
from core.accounts.models import Account, Role
from core.actor import Channel, Language
from core.documents.documents import DocumentRow
from core.documents.models import Decision, RequestState, Shelf, UploadRequest
from core.documents.upload_requests import SuppliedRow
from core.dossiers.models import ProgressStep
from core.messages.drafts import DraftFile, DraftView
from core.messages.messages import AttachmentRow, MessageRow, OpenMessage
from core.messages.models import Direction, Message, MessageVersion
from core.office import Office
from core.people.details import Change, Details, Field
from core.people.onboarding import Part, State, Step
from core.people.preferences import News
from core.people.step_up import Act, Method
from core.people.two_factor import Enrolment, TwoFactorState
from core.portal.card import DossierCard, Tab
from core.portal.home import DossierRow, Home
from core.portal.tasks import Task, TaskKind

AT = datetime(2026, 7, 3, 12, 5, tzinfo=UTC)
LONG = "Zeer <lange> & 'moeilijke' \"naam\" 😀 "
BIG = 2**62


def long(length: int) -> str:
    """A text as long as its column, with everything in it that must be escaped."""
    return (LONG * (length // len(LONG) + 1))[:length]


def draft(**changes: object) -> DraftView:
    """A draft of the worst kind."""
    files = tuple(DraftFile(BIG - n, long(255), 10**8, kept=n % 2 == 0) for n in range(30))
    values: dict[str, object] = {
        "id": BIG,
        "dossier_id": BIG,
        "dossier_number": long(60),
        "reply_to_id": BIG,
        "subject": long(250),
        "text": long(5000),
        "length": 5000,
        "limit": 4000,
        "over": True,
        "attachments": files,
        "pending": 15,
        "missing": (),
    }
    return DraftView(**(values | changes))  # type: ignore[arg-type]  # a test's bag of fields


def message(direction: Direction = Direction.INCOMING) -> Message:
    """The longest message."""
    return Message(
        id=BIG, dossier_id=BIG, direction=direction, subject=long(250), text=long(4000), sent_at=AT, cut="", thread_id=1
    )


def screens(look: Look) -> Iterator[tuple[str, Screen]]:
    """Every screen with the longest data."""
    row = DossierRow(BIG, long(60), long(500), long(80), 99999, AT)
    card = DossierCard(
        id=BIG, number=long(60), description=long(500), status=long(80), closed=True, handler=long(300),
        account=long(300), tabs={str(name): Tab(99999, 9999) for name in (*Shelf, "messages")}, done=40, steps=99,
        activity_at=AT,
    )  # fmt: skip
    steps = [ProgressStep(position=n, label=long(200), done_at=AT if n % 2 else None) for n in range(99)]
    paper = DocumentRow(BIG, long(255), 10**10, "application/pdf", AT, unread=True, confidential=True)
    letter = MessageRow(BIG, Direction.INCOMING, long(300), long(250), AT, unread=True, attachments=99)
    file = AttachmentRow(BIG, long(255), 10**8, "application/pdf", BIG)
    author = long(300)
    yield "home", home.home(look, Home(99, 999, 9, 99, tuple(long(300) for _ in range(20)), long(300)), draft=True)
    yield "home of one account", home.home(look, Home(9, 9, 9, 9, ("A", "B"), "Anna"), draft=True, account=long(300))
    theirs = [Account(id=BIG - n, name=long(300)) for n in range(99)]
    yield "accounts", home.accounts(look, theirs, BIG)
    yield "accounts that are managed", members.accounts(look, theirs)
    colleague = Member(BIG, BIG, BIG, long(300), "a" * 245 + "@x.nl.nl", Role.PRODUCT_ACCESS, AT)
    for linked in (colleague, replace(colleague, linked_at=None)):
        yield (
            f"members {linked.linked_at}",
            members.members(look, theirs[0], [linked] * members.A_PAGE, 10**4, offset=80, several=True),
        )
        yield f"member {linked.linked_at}", members.member(look, linked, note="Klaar")
    yield "unlinking a member", members.ask_unlink(look, colleague)
    wanted = Task(TaskKind.UPLOAD, BIG, BIG, long(60), long(500), long(200), long(2000), AT.date(), AT, long(500))
    asked = [UploadRequest(id=BIG, dossier_id=BIG, title=long(200), explanation=long(2000), due_on=AT.date(), state=state)
             for state in RequestState]  # fmt: skip
    yield "actions", actions.actions(look, [wanted] * 6, 10**4, asked, offset=600)
    yield "no actions", actions.actions(look, [], 0, asked, offset=0)
    supplied = [SuppliedRow(BIG, BIG, long(255), 10**8, AT, Decision.REJECTED, long(500))] * 30
    for each in asked:
        yield f"task {each.state}", actions.task(look, each, long(60), long(500), supplied, alone=False)
    stages = [f"{n} {long(80)}" for n in range(99)]
    ticks = Choice(mask(stages[:30], stages), long(100))
    for name in ("", long(300)):
        yield (
            f"filtered {bool(name)}",
            dossiers.dossier_list(look, [row] * 8, 10**6, offset=10**5, choice=ticks, statuses=stages, account=name),
        )
    yield "nothing filtered", dossiers.dossier_list(look, [], 0, offset=0, choice=ticks, statuses=stages)
    yield "statuses", dossiers.choose_statuses(look, ticks, stages)
    before = [MessageVersion(text=long(4000), written_at=AT, replaced_at=AT)] * 3
    yield "versions", messages.versions(look, message(), before, page=99)
    yield "no versions", messages.versions(look, message(), [], page=0)
    yield "revised", messages.revised(look, message())
    for on in (True, False):
        yield f"news {on}", details.news(look, wanted=on)
    yield "dossiers", dossiers.dossier_list(look, [row] * 8, 10**6, offset=10**5)
    yield "no dossiers", dossiers.dossier_list(look, [], 0, offset=0)
    yield "found", dossiers.found(look, [row] * 8, 10**6, choice=ticks, offset=8)
    yield "found nothing", dossiers.found(look, [], 0, choice=ticks)
    yield "dossier", dossiers.card(look, card)
    yield "progress", dossiers.card(look, card, steps)
    for shelf in Shelf:
        yield f"shelf {shelf}", documents.shelf(look, long(60), BIG, shelf, [paper] * 8, 10**6, offset=10**5)
        yield f"empty {shelf}", documents.shelf(look, long(60), BIG, shelf, [], 0, offset=0)
    yield "messages", messages.message_list(look, long(60), BIG, [letter] * 8, 10**6, offset=10**5)
    yield "no messages", messages.message_list(look, long(60), BIG, [], 0, offset=0)
    for direction, page in product(Direction, (0, 1, 99)):
        opened = OpenMessage(message(direction), author, (file,) * 200, message(), author)
        yield f"message {direction} {page}", messages.opened(look, opened, page=page)
    notes = [look.say("draft.file_refused", name=long(40), sentence=long(250))] * 3 + [look.say("draft.photo_hint")]
    for changes in (
        {},
        {"pending": 0},
        {"dossier_id": None, "dossier_number": None},
        {"reply_to_id": None, "subject": ""},
        {"reply_to_id": None, "upload_request_id": BIG},
    ):
        view = draft(**changes)
        yield f"draft {changes}", drafts.card(look, view, original=(message(), author), notes=notes)
        yield f"choice {changes}", drafts.choose_dossier(look, view, [row] * 8, 10**6, offset=8, notes=notes)
        yield f"exists {changes}", drafts.exists(look, view, verb=Verb.REPLY, target=BIG, typed=True)
        yield f"subject {changes}", drafts.ask_subject(look, view)
    yield "sent", drafts.sent(look, message(), long(60), cut=True, closed=True)
    yield "cancelled", drafts.cancelled(look)
    yield "cancel?", drafts.ask_cancel(look, draft())
    fresh = [{"kind": kind, "id": BIG, "title": long(255), "confidential": secret, "at": AT.isoformat(), "dossier_number": long(60)}
             for kind, secret in (("message", False), ("document", True), ("document", False))]  # fmt: skip
    yield "unread", unread.unread(look, fresh * 2, 10**6, offset=10**5)
    yield "all read", unread.unread(look, [], 0, offset=0)
    yield "nothing to lock", security.no_lock(look, long(300))
    person = Details(
        long(300), long(254), "+31612345678", True, long(40), Language.NL, two_factor=True, linked=True, new_email=long(254)
    )  # fmt: skip
    yield "details", details.details(look, person, welcome=True, to_check=True, note=long(200))
    yield "checklist", details.checklist(look, [Step(part, state) for part in Part for state in State])
    for field in details.EDITABLE:
        yield f"ask {field}", editing.ask(look, field, long(300), required=False, note=long(300))
        for proven in (True, False):
            change = Change(BIG, field, long(300), long(300), long(2000))
            yield f"confirm {field} {proven}", editing.confirm(look, change, proven=proven)
    yield "confirm empty", editing.confirm(look, Change(BIG, Field.MOBILE, None, None))
    yield "2-step off", security.two_factor(look, TwoFactorState())
    yield "2-step on", security.two_factor(look, TwoFactorState(True, AT, 8, 30))
    yield "qr", security.qr(look, Enrolment("A" * 32, "otpauth://totp/" + "x" * 240))
    yield "code right", security.done(look)
    yield (
        "notifications",
        details.notifications(look, dict.fromkeys(product(News, (Channel.TELEGRAM, Channel.EMAIL)), True)),
    )
    yield "log out", details.ask_unlink(look)
    yield "help", about.help_card(look, linked=True)
    yield "version", about.version(look, "1.2.3", linked=True)


def strangers(look: Look) -> Iterator[tuple[str, Screen]]:
    """What a chat that isn't linked sees: no way home."""
    yield "how", linking.how_to_link(look)
    yield "email", linking.ask_email(look, invited=True, note=long(300))
    yield "keypad", linking.keypad(look, "123", note=long(300))
    yield "no mail", linking.no_mail(look)
    for act, method in product(Act, Method):
        yield f"code {act} {method}", security.step_up(look, act, method, "123", note=long(300))
    yield "locked", security.locked(look, note=long(300))
    yield "first code", security.first_code(look, "12", note=long(300))
    yield "recovery codes", security.recovery(look, ("ABCDE-12345",) * 8)
    yield "new email", editing.new_email(look, Change(BIG, Field.EMAIL, "", long(254), "", True), note=long(300))
    yield "share", editing.share(look)
    yield "linked", linking.linked(look, long(300))
    yield "help", about.help_card(look, linked=False)


@pytest.mark.parametrize("language", Language)
def test_every_screen_fits_and_every_button_is_one_of_ours(language: Language) -> None:
    look = Look(language, Office(manual="https://kantoor.example/handleiding"), actions=3)
    for name, screen in [*screens(look), *strangers(look)]:
        assert isinstance(screen.text, Markup), name
        assert 1 <= limits.units(plain(screen.text)) <= limits.TEXT, name
        assert sum(map(len, screen.rows)) <= 100, name
        for button in (button for row in screen.rows for button in row):
            assert 0 < limits.units(button.label) <= limits.BUTTON_LABEL, name
            assert [button.data, button.url, button.copy].count(None) == 2, name
            assert button.copy is None or limits.units(button.copy) <= limits.COPY_TEXT, name
            if button.data is not None:
                read(button.data)


@pytest.mark.parametrize("language", Language)
def test_every_card_leads_home_with_the_number_of_actions(language: Language) -> None:
    look = Look(language, Office(), actions=3)
    label = "🏠 Home (3 acties)" if language is Language.NL else "🏠 Home (3 actions)"
    for name, screen in screens(look):
        if not name.startswith("home"):
            assert screen.rows[-1][-1].label == label, name


def test_rows_are_narrow_enough_for_a_thumb() -> None:
    for name, screen in screens(Look(Language.NL, Office())):
        assert all(len(row) <= 2 for row in screen.rows), name


@pytest.mark.parametrize("language", Language)
def test_our_own_words_on_buttons_are_not_cut_off_on_a_phone(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "long", lambda length: "abc"[:length])
    look = Look(language, Office(manual="https://kantoor.example/handleiding"), actions=3)
    for name, screen in [*screens(look), *strangers(look)]:
        for row in screen.rows:
            for button in row:
                usual = re.sub(r"\d{3,}", "12", button.label)
                assert limits.units(usual) <= {1: 40, 2: 20, 3: 10}[len(row)], (name, button.label)


def test_one_action_is_one_action() -> None:
    assert Look(Language.NL, Office(), actions=1).home()[-1].label == "🏠 Home (1 actie)"


def test_nobodys_words_become_markup() -> None:
    look = Look(Language.NL, Office())
    row = DossierRow(1, "<b>1</b>", "<i>x</i>", "a & b", 0, AT)
    text = dossiers.dossier_list(look, [row], 1, offset=0).text
    assert "&lt;i&gt;x&lt;/i&gt;" in text and "a &amp; b" in text and "<i>x" not in text


@pytest.mark.parametrize("language", Language)
def test_notices_fit_and_tell_no_content(language: Language) -> None:
    values = {
        "dossier_number": long(60),
        "dossier_description": long(500),
        "dossier_id": BIG,
        "message_id": BIG,
        "document_id": BIG,
        "document_name": "geheim.pdf",
        "shelf": "documents",
        "size": 10**9,
        "subject": long(250),
        "text": "GEHEIME TEKST",
        "author": long(300),
        "attachments": [{"name": "x", "size": 1}] * 3,
        "upload_request_id": BIG,
        "confidential": True,
    }
    items = [values | {"kind": kind} for kind in ("message_new", "document_new", "upload_request_new", "later_kind")]
    asked = {"title": long(200), "reason": long(2000), "due_on": "2026-07-03", "expires_on": "2026-07-03"}
    kinds = ("message_new", "document_new", "document_expiring", "upload_request_new", "upload_rejected")
    told = [
        notices.notice(language, kind, values | asked, {})
        for kind in (*kinds, "upload_accepted", "upload_withdrawn", "unlinked_here")
    ]
    told += [notices.notice(language, kind, {"items": items * 5, "count": 99}, {}) for kind in ("digest", "reminder")]
    for screen in told:
        assert screen is not None
        assert limits.units(plain(screen.text)) <= limits.TEXT
        assert "GEHEIME" not in screen.text and "geheim.pdf" not in screen.text
        assert all(button.data and read(button.data).below for row in screen.rows for button in row)


def test_a_code_is_behind_a_spoiler_and_an_unknown_kind_has_no_words() -> None:
    screen = notices.notice(Language.NL, "step_up_code", {"minutes": 10}, {"code": "123456"})
    assert screen is not None and "<tg-spoiler>123456</tg-spoiler>" in screen.text
    assert notices.notice(Language.NL, "invitation", {}, {}) is None


def test_both_languages_say_the_same_things_with_the_same_placeholders() -> None:
    dutch, english = texts.keys("nl", "bot"), texts.keys("en", "bot")
    assert dutch.keys() == english.keys()
    for key, forms in dutch.items():
        assert len(forms) == len(english[key]), key
        for one, other in zip(forms, english[key], strict=True):
            assert placeholders(one) == placeholders(other), key
            assert tags(one) == tags(other), key


@pytest.mark.parametrize(
    ("text", "most", "expected"), [("kort", 10, "kort"), ("lang genoeg", 6, "lang…"), ("😀😀😀", 4, "😀…")]
)
def test_what_is_clipped_keeps_whole_characters(text: str, most: int, expected: str) -> None:
    assert limits.clipped(text, most) == expected


def test_pages_lose_nothing_but_the_space_between() -> None:
    text = " ".join(f"woord{n}😀" for n in range(900))
    pieces = limits.pages(text, 1000)
    assert " ".join(pieces) == text and all(limits.units(piece) <= 1000 for piece in pieces)
    assert limits.pages("", 10) == [""] and limits.pages("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def plain(text: Markup) -> str:
    """The text after entity parsing."""
    return Markup(re.sub(r"</?[a-z][^>]*>", "", str(text))).unescape()


def placeholders(text: str) -> list[str]:
    """Which values are filled in, in whatever form: `{limit}`, `{limit:,}`."""
    return sorted(set(re.findall(r"{(\w+)(?::[^}]*)?}", text)))


def tags(text: str) -> list[str]:
    """Which markup it has."""
    return sorted(re.findall(r"</?\w+", text))
