"""The operator's side of a running office: checks, health, what failed and goes out again, a forged mail that staff decide on."""

import aiohttp
import pytest

from tests.journeys.town import PATIENCE, Town, link, until


@pytest.mark.rule("OPS-3")
async def test_check_says_what_works_and_what_to_do(place: Town) -> None:
    findings = {row["part"]: row for row in await place.listing("check")}
    assert {part for part, row in findings.items() if row["ok"]} >= {
        "database",
        "storage",
        "telegram",
        "webhook",
        "imap",
        "smtp",
    }

    await place.world.mail.faults.down(True)
    place.world.telegram.faults.add(method="getMe", kind="500", times=5)
    code, out, _ = await place.loket_says("check", "--json")
    await place.world.mail.faults.down(False)
    assert code == 1
    assert out.count('"ok": false') >= 3
    assert "portaal-proef" not in out


@pytest.mark.rule("OPS-3")
async def test_health_and_metrics_are_served(place: Town) -> None:
    async with aiohttp.ClientSession() as client, client.get(place.child.health) as answer:
        assert (answer.status, await answer.json()) == (200, {"healthy": True, "database": True})
    await place.loket("invite", place.annas_box.address)
    await place.annas_box.wait(lambda mail: "Uitnodiging" in mail.subject, timeout=PATIENCE)
    await place.until_counted("loket_deliveries", channel="email", state="sent")


@pytest.mark.rule("STAFF-4", "NOTE-4")
async def test_what_failed_is_listed_and_goes_out_again(place: Town) -> None:
    await link(place, place.anna, place.annas_box)
    await place.anna.wait(lambda p: "Mijn gegevens" in p.screen.text, timeout=PATIENCE)
    place.world.mail.faults.refuse(place.handlers_box.address, code=550, text="5.7.1 not today", times=1)
    await place.anna.send_document("koopakte.txt", b"De koopakte", mime="text/plain", caption="Zie bijlage")
    await place.anna.wait(lambda p: "Upload 1 bestand" in p.screen.labels(), timeout=PATIENCE)
    await place.anna.tap("Upload 1 bestand")
    await place.anna.wait(lambda p: "Onderwerp invullen" in p.screen.labels(), timeout=PATIENCE)
    await place.anna.tap("Onderwerp invullen")
    await place.anna.wait(lambda p: "Waar gaat uw bericht over" in p.screen.text, timeout=PATIENCE)
    await place.anna.say("Koopakte")
    await place.anna.wait(lambda p: "Onderwerp: Koopakte" in p.screen.text, timeout=PATIENCE)
    await place.anna.tap("Versturen")
    await place.until_counted("loket_deliveries", channel="email", state="failed")
    failed = await place.listing("deliveries", "list", "--state", "failed")
    assert failed[0]["kind"] == "message_staff"
    assert "550 5.7.1" in failed[0]["error"]
    await place.loket("deliveries", "retry", str(failed[0]["id"]))
    mail = await place.handlers_box.wait(lambda mail: "Koopakte" in mail.subject, timeout=PATIENCE)
    assert [file.name for file in mail.attachments] == ["koopakte.txt"]


@pytest.mark.rule("MAIL-3", "STAFF-4")
async def test_a_forged_mail_waits_for_staff_and_becomes_a_message_when_accepted(place: Town) -> None:
    eve = place.box("tom@baker.example")
    await eve.send(
        "portaal@delinde.example",
        "2026-0143: nieuw rekeningnummer",
        "Betaal voortaan op NL00EVIL",
        from_="anna@post.example",
    )
    await place.until_counted("loket_intake", channel="email", state="done")
    waiting = await place.listing("quarantine", "list")
    assert waiting[0]["claimed_from"] == "anna@post.example"
    assert await place.listing("message", "list", "2026-0143") == []
    await place.loket("quarantine", "reject", str(waiting[0]["id"]))
    assert await place.listing("quarantine", "list") == []

    await eve.send("portaal@delinde.example", "2026-0143: echt van mij", "Ik ben het echt", from_="anna@post.example")
    await place.until_counted("loket_intake", 2, channel="email", state="done")
    waiting = await place.listing("quarantine", "list")
    await place.loket("quarantine", "accept", str(waiting[0]["id"]))
    await place.until_counted("loket_intake", 2, channel="email", state="done")
    posted = await place.listing("message", "list", "2026-0143")
    assert [row["subject"] for row in posted] == ["2026-0143: echt van mij"]


async def test_a_minute_without_telegram_and_mail_loses_nothing(place: Town) -> None:
    await link(place, place.anna, place.annas_box)
    await place.anna.wait(lambda p: "Mijn gegevens" in p.screen.text, timeout=PATIENCE)
    await place.world.telegram.pause()
    await place.world.mail.faults.down(True)
    await place.loket("--as", place.handlers_box.address, "message", "send", "2026-0143", "Storing", "Komt dit aan?")
    await until(
        lambda: b"can't be reached" in (place.settings_file.parent / "product.log").read_bytes(),
        what="the outage in the log",
    )
    await place.world.mail.faults.down(False)
    await place.world.telegram.resume()
    await place.anna.wait(lambda p: any("Storing" in message.text for message in p.messages), timeout=60)
    rows = await place.listing("deliveries", "list", "--channel", "email")
    mails = [row for row in rows if row["kind"] == "message_new"]
    assert [row["state"] for row in mails] in (["queued"], ["sending"], ["sent"]), (
        "a mail has two days, with growing pauses"
    )
