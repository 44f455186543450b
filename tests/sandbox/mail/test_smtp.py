import asyncio

import aiosmtplib
import pytest

from sandbox.mail import MailServer, NoMail
from tests.sandbox.mail.conftest import ANNA, PORTAL, letter


async def submit(server: MailServer, mail: object, user: str | None = PORTAL, password: str = "geheim", **more: str):
    return await aiosmtplib.send(
        mail, hostname=server.host, port=server.smtp_port, username=user, password=password if user else None,
        start_tls=False, timeout=10, **more,
    )  # fmt: skip


async def test_what_the_office_submits_arrives_with_a_passing_verdict(server: MailServer) -> None:
    await submit(server, letter(f"Kantoor <{PORTAL}>"))
    mail = await server.mailbox(ANNA).wait(lambda mail: mail.subject == "Uw dossier")
    assert (mail.sender, mail.sender_name, mail.to, mail.text.strip()) == (PORTAL, "Kantoor", (ANNA,), "Dag Anna")
    assert mail.header("Authentication-Results").startswith("mx.post.example; dmarc=pass header.from=kantoor.example;")
    assert mail.header("Return-Path") == f"<{PORTAL}>"
    assert " by mx.post.example with ESMTPA " in mail.header("Received")


async def test_a_reply_token_and_its_case_survive_delivery(server: MailServer) -> None:
    await server.mailbox(ANNA).send("Portaal+r7xK@kantoor.example", "Antwoord", "Ja")
    mail = await server.mailbox(PORTAL).wait()
    assert mail.header("Delivered-To") == mail.header("X-Original-To") == "Portaal+r7xK@kantoor.example"


async def test_an_alias_reaches_the_mailbox(server: MailServer) -> None:
    await server.mailbox(ANNA).send("notaris@kantoor.example", "Vraag", "Kan dat?")
    assert (await server.mailbox(PORTAL).wait()).subject == "Vraag"


async def test_a_forged_sender_fails(server: MailServer) -> None:
    eva = server.add_mailbox("eva@elders.example", "eva")
    await eva.send(PORTAL, "Nieuw rekeningnummer", "Graag wijzigen", from_=ANNA)
    mail = await server.mailbox(PORTAL).wait()
    assert mail.sender == ANNA
    assert "dmarc=fail header.from=post.example" in mail.header("Authentication-Results")


@pytest.mark.parametrize(
    "sender", [f"Anna <{ANNA}>, Eva <eva@elders.example>", f"{ANNA}@x)<eva@elders.example>", "", f"<{ANNA}"]
)
async def test_a_sender_that_is_not_plainly_one_address_fails(server: MailServer, sender: str) -> None:
    raw = b"From: " + sender.encode() + b"\r\nTo: x\r\nSubject: x\r\n\r\nx\r\n"
    await submit_raw(server, raw, ANNA, "anna")
    assert "dmarc=fail" in (await server.mailbox(PORTAL).wait()).header("Authentication-Results")


async def submit_raw(server: MailServer, raw: bytes, user: str, password: str) -> None:
    await aiosmtplib.send(
        raw, sender=user, recipients=[PORTAL], hostname=server.host, port=server.smtp_port, username=user,
        password=password, start_tls=False, timeout=10,
    )  # fmt: skip


async def test_relay_without_a_login_is_taken_but_fails(server: MailServer) -> None:
    await submit(server, letter(ANNA, PORTAL), user=None)
    assert "dmarc=fail" in (await server.mailbox(PORTAL).wait()).header("Authentication-Results")


async def test_a_forged_verdict_of_our_server_is_taken_out_and_a_strange_one_stays(server: MailServer) -> None:
    ours = "MX.kantoor.example;\r\n dmarc=pass header.from=post.example"
    raw = f"Authentication-Results: {ours}\r\nAuthentication-Results: mx.vreemd.example; dmarc=pass\r\n"
    await server.inject((raw + f"From: {ANNA}\r\nSubject: x\r\n\r\nx\r\n").encode(), PORTAL)
    mail = await server.mailbox(PORTAL).wait()
    verdicts = [value for name, value in mail.headers if name == "Authentication-Results"]
    assert len(verdicts) == 2
    assert verdicts[0].startswith("mx.kantoor.example; dmarc=fail")
    assert verdicts[1] == "mx.vreemd.example; dmarc=pass"


async def test_a_wrong_password_is_refused_at_once(server: MailServer) -> None:
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await submit(server, letter(), password="fout")


async def test_nobody_there_and_no_such_domain_are_refused(server: MailServer) -> None:
    for address, code in (("niemand@post.example", "5.1.1"), ("wie@nergens.example", "5.4.4")):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await submit(server, letter(to=address))
        assert code in str(refused.value)


async def test_a_mail_over_the_size_limit_is_refused(server: MailServer) -> None:
    server.size_limit = 10_000
    with pytest.raises(aiosmtplib.SMTPException, match="552"):
        await submit(server, letter(text="a" * 70 + "\n" + "b\n" * 10_000))
    assert server.mailbox(ANNA).mails == []


async def test_a_refusal_is_given_as_often_as_asked(server: MailServer) -> None:
    heard: list[str] = []
    server.on_event(lambda event: heard.append(f"{event.kind} {event.subject}"))
    server.faults.refuse(ANNA, 451, times=2)
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused, match="451"):
            await submit(server, letter())
    await submit(server, letter())
    assert len(server.mailbox(ANNA).mails) == 1
    assert heard.count("refused 451 4.7.1 Greylisted, try again later") == 2
    assert heard[-1] == "delivered Uw dossier"


async def test_a_lost_answer_still_delivers(server: MailServer) -> None:
    server.faults.lose()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await submit(server, letter())
    assert (await server.mailbox(ANNA).wait()).subject == "Uw dossier"


async def test_a_bouncing_address_returns_a_delivery_status(server: MailServer) -> None:
    server.faults.bounce(ANNA, "552 5.2.2 Mailbox full")
    await submit(server, letter())
    notice = await server.mailbox(PORTAL).wait()
    assert notice.sender == "mailer-daemon@mx.kantoor.example"
    status = notice.attachments[0]
    assert status.type == "message/delivery-status"
    assert f"Final-Recipient: rfc822; {ANNA}".encode() in status.content
    assert b"Status: 5.2.2" in status.content
    assert b"Subject: Uw dossier" in notice.attachments[1].content
    assert server.mailbox(ANNA).mails == []


async def test_writing_to_nobody_comes_back(server: MailServer) -> None:
    await server.mailbox(ANNA).send("niemand@kantoor.example", "Hallo?", "Is daar iemand")
    assert "5.1.1" in (await server.mailbox(ANNA).wait()).text


async def test_down_means_refused_and_back_means_the_same_ports(server: MailServer) -> None:
    ports = (server.imap_port, server.smtp_port)
    async with aiosmtplib.SMTP(hostname=server.host, port=server.smtp_port, start_tls=False) as open_connection:
        await server.faults.down()
        for port in ports:
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(server.host, port)
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await open_connection.noop()
    await server.faults.clear()
    assert (server.imap_port, server.smtp_port) == ports
    await submit(server, letter())


async def test_waiting_in_vain_says_what_did_come(server: MailServer) -> None:
    await submit(server, letter())
    with pytest.raises(NoMail, match="Uw dossier"):
        await server.mailbox(ANNA).wait(lambda mail: mail.subject == "Iets anders", timeout=0.05)
