"""Mails that no person wrote for us: never a message, never answered, and the next mail of a person is handled (MAIL-6)."""

import pytest

from mailbridge.mailbox import Folder
from tests.mailbridge.journeys.scene import PORTAL, Scene

_TO = f"To: {PORTAL}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nMessage-ID: <m@post.example>\r\nMIME-Version: 1.0\r\n"
_ANNA = f"From: Anna <anna@post.example>\r\n{_TO}"


def _report(kind: str, of: str, fields: str) -> str:
    head = f'Content-Type: multipart/report; report-type={kind}; boundary="x"\r\n\r\n'
    return f"{head}--x\r\n\r\nZie hieronder.\r\n--x\r\nContent-Type: message/{of}\r\n\r\n{fields}\r\n--x--\r\n"


MACHINES = {
    "out of office in Dutch, without a header": f"{_ANNA}Subject: Afwezig: Re: Akte\r\n\r\nIk ben er maandag weer.\r\n",
    "out of office in English, without a header": f"{_ANNA}Subject: Out of Office: Deed\r\n\r\nBack on Monday.\r\n",
    "an automatic reply by its header": f"{_ANNA}Subject: Dank\r\nAuto-Submitted: auto-replied\r\n\r\nOntvangen.\r\n",
    "a mailing list": f"{_ANNA}Subject: Nieuws\r\nList-Id: <nieuws.post.example>\r\n\r\nDeze week.\r\n",
    "bulk mail": f"{_ANNA}Subject: Aanbieding\r\nPrecedence: bulk\r\n\r\nNu goedkoper.\r\n",
    "a challenge": f"{_ANNA}Subject: Please confirm your message\r\nX-Challenge: 1\r\n\r\nKlik hier.\r\n",
    "our own mail in a loop": f"{_ANNA}Subject: Re: Akte\r\nX-Loop: {PORTAL}\r\n\r\nHallo.\r\n",
    "from our own address": f"From: {PORTAL}\r\n{_TO}Subject: Re: Akte\r\n\r\nHallo.\r\n",
    "a read receipt": f"{_ANNA}Subject: Gelezen: Akte\r\n"
    + _report(
        "disposition-notification",
        "disposition-notification",
        "Final-Recipient: rfc822; anna@post.example\r\nDisposition: manual-action/MDN-sent-manually; displayed",
    ),
    "a complaint": f"From: fbl@post.example\r\n{_TO}Subject: complaint\r\n"
    + _report("feedback-report", "feedback-report", "Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1"),
    "an accepted invitation": f"{_ANNA}Subject: Geaccepteerd: Afspraak\r\n"
    "Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Afspraak\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@post.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "a bounce of somebody else's mail": f"From: MAILER-DAEMON@post.example\r\n{_TO}Subject: Undelivered Mail\r\n"
    + _report(
        "delivery-status",
        "delivery-status",
        "Reporting-MTA: dns; mx.post.example\r\n\r\n"
        "Final-Recipient: rfc822; iemand@elders.example\r\nAction: failed\r\nStatus: 5.1.1",
    ),
}


@pytest.mark.rule("MAIL-6")
@pytest.mark.parametrize("what", MACHINES)
async def test_a_machine_is_nobody_and_the_next_mail_of_a_person_is_handled(office_by_mail: Scene, what: str) -> None:
    scene = office_by_mail
    await scene.server.inject(MACHINES[what].encode(), PORTAL, authentic=True)
    await scene.settle()
    assert await scene.written() == [] and await scene.quarantined() == []
    assert not [mail for who in ("anna", "bram", "eva", "hugo", "mia") for mail in scene.box(who).mails]
    assert len(scene.box("portal").folder(Folder.PROCESSED)) == 1
    await scene.box("anna").send(PORTAL, "Afwezigheid van de verkoper", "Is de verkoper er morgen bij?")
    await scene.settle()
    assert [message.message.text for message in await scene.written()] == ["Is de verkoper er morgen bij?"]
