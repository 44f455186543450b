"""Mails within a wrapping: winmail.dat, and signatures that hold what they sign."""

import datetime as dt
import struct
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from mailbridge.parsing import IncomingMail, read_mail, rtf, signed, tnef
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import Kind, classify
from tests.mailbridge.reading import packing
from tests.mailbridge.reading.writing import mail

RICH = rb"{\rtf1\ansi\ansicpg1252\fromtext{\fonttbl{\f0 Arial;}}{\*\generator x}\uc1 Zo\'eb tekent op \u8364?5.\par Tot dan}"


def with_winmail(content: bytes, written: str | None = "Zie bijlage.") -> IncomingMail:
    message = mail(written or "")
    message.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return read_mail(message.as_bytes())


def test_the_files_of_a_winmail_dat_take_its_place_under_their_long_names() -> None:
    packed = packing.tnef(
        packing.file("Akte van levering – concept €.docx", b"PK\3\4akte\0\0\0"),
        packing.file("foto.jpg", b"\xff\xd8\xff", (0x3712, 0x1F, packing.text("<i1@x>")), (0x370E, 0x1E, b"image/jpeg\0")),
    )  # fmt: skip
    found = with_winmail(packed)
    assert [(one.name, one.content, one.content_id) for one in found.attachments] == [
        ("Akte van levering – concept €.docx", b"PK\3\4akte\0\0\0", None),
        ("foto.jpg", b"\xff\xd8\xff", "i1@x"),
    ]
    assert found.attachments[1].media_type == "image/jpeg"
    assert reply_of(found).text == "Zie bijlage."
    assert found.problems == ()


def test_zeros_at_the_end_of_a_file_are_kept() -> None:
    data_object = packing.properties((0x3701, 0x0102, b"OLE\0\0\0\0\0"), (0x3704, 0x1E, b"tabel.xls\0"))
    packed = packing.tnef(packing.attribute(2, packing.NEXT_FILE, bytes(14)), packing.attribute(2, 0x9005, data_object))
    assert [(one.name, one.content) for one in with_winmail(packed).attachments] == [("tabel.xls", b"OLE\0\0\0\0\0")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ((0x1000, 0x1F, packing.text("Zoë is akkoord.")), "Zoë is akkoord."),
        ((0x1000, 0x1E, "Zoë is akkoord.".encode("cp1252")), "Zoë is akkoord."),
        ((0x1013, 0x102, b"<html><p>Zo\xeb is akkoord.</p></html>"), "Zoë is akkoord."),
        ((0x1009, 0x102, packing.compressed(RICH)), "Zoë tekent op €5.\nTot dan"),
    ],
)
def test_its_body_is_read_when_nothing_else_is_written(body: packing.Property, said: str) -> None:
    found = with_winmail(packing.tnef(body=(body,)), written=None)
    assert reply_of(found).text == said
    assert reply_of(with_winmail(packing.tnef(body=(body,)))).text == "Zie bijlage."


def test_a_mail_that_is_a_winmail_dat_and_nothing_more() -> None:
    packed = packing.tnef(packing.file("akte.pdf", b"%PDF"), body=((0x1000, 0x1F, packing.text("Akkoord")),))
    found = read_mail(b"From: anna@smit.example\r\nContent-Type: application/ms-tnef\r\n\r\n" + packed)
    assert (found.text, [one.name for one in found.attachments]) == ("Akkoord", ["akte.pdf"])


def test_a_mail_attached_within_it_gives_its_text_and_its_files() -> None:
    inner = packing.tnef(
        packing.file("binnen.pdf", b"%PDF-1"),
        body=((0x0037, 0x1F, packing.text("Oude vraag")), (0x1000, 0x1F, packing.text("De oude tekst."))),
    )
    held = packing.properties((0x3001, 0x1F, packing.text("Naam")), (0x3701, 0x000D, packing.EMBEDDED_MAIL + inner))
    packed = packing.tnef(packing.attribute(2, packing.NEXT_FILE, bytes(14)), packing.attribute(2, 0x9005, held))
    assert [(one.name, one.content) for one in with_winmail(packed).attachments] == [
        ("Oude vraag.txt", b"De oude tekst.\n"),
        ("binnen.pdf", b"%PDF-1"),
    ]


def test_one_that_is_cut_gives_what_was_found_and_stays_itself() -> None:
    packed = packing.tnef(packing.file("heel.pdf", b"%PDF"), packing.file("half.pdf", b"%PDF" * 100))[:-300]
    found = with_winmail(packed)
    assert [one.name for one in found.attachments] == ["heel.pdf", "winmail.dat"]
    assert "tnef" in found.problems


@pytest.mark.parametrize(
    "content",
    [
        b"x\x9f\x3e\x22",
        packing.tnef(packing.attribute(1, 0x9003, b"\xff\xff\xff\xff")),
        packing.tnef(packing.attribute(2, 0x9005, struct.pack("<IHHI", 1, 0x1002, 0x3000, 0xFFFFFFFF))),
        packing.tnef(packing.attribute(2, 0x9005, struct.pack("<IHHI", 1, 0x101F, 0x3000, 0xFFFFFFFF) + bytes(4_000))),
        packing.tnef(packing.attribute(1, 0x9003, struct.pack("<IHH", 1, 0x1F, 0x9000) + b"\xff" * 30)),
        packing.tnef(packing.attribute(1, 0x9003, struct.pack("<IHHI", 9, 0x102, 0x1009, 1) + b"\xff" * 4)),
    ],
)
def test_counts_that_lie_cost_nothing(content: bytes) -> None:
    began = time.process_time()
    tnef.unpacked(content, most=10)
    assert with_winmail(content).text is not None
    assert time.process_time() - began < 5


def test_mails_in_mails_in_mails_end_somewhere_and_files_too() -> None:
    packed = packing.tnef(packing.file("diep.pdf", b"%PDF"))
    for _ in range(50):
        held = packing.properties((0x3701, 0x000D, packing.EMBEDDED_MAIL + packed))
        packed = packing.tnef(packing.attribute(2, packing.NEXT_FILE, bytes(14)), packing.attribute(2, 0x9005, held))
    assert not tnef.unpacked(packed, most=10).whole
    many = packing.tnef(*[packing.file(f"f{number}.txt", b"x") for number in range(50)])
    assert len(tnef.unpacked(many, most=10).files) == 10


def test_rich_text_with_references_back() -> None:
    """The example of MS-OXRTFCP, section 4.1: `world` and the line end stand in the dictionary."""
    content = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert rtf.decompressed(content) == "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.to_text(rtf.decompressed(content)) == "hello world"


@pytest.mark.parametrize("content", [b"", bytes(15), b"\xff" * 400, packing.compressed(b"{\\rtf1 x}")[:20]])
def test_rich_text_that_is_broken_is_no_error(content: bytes) -> None:
    assert isinstance(rtf.to_text(rtf.decompressed(content)), str)


def test_rich_text_around_html_gives_the_words_and_hides_the_rest() -> None:
    rich = r"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\f1 \htmlrtf0 Hallo\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}\u-10179?\u-8704?}"
    assert rtf.to_text(rich) == "Hallo\U0001f600"


ENTITY = (
    b'Content-Type: multipart/mixed; boundary="i"\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nIk ga akkoord.\r\n'
    b"--i\r\nContent-Type: application/pdf; name=akte.pdf\r\n\r\n%PDF\r\n--i--\r\n"
)


@pytest.fixture(scope="module")
def identity() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Anna's key and certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anna")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + dt.timedelta(days=999))
    return key, made.sign(key, hashes.SHA256())


def sealed(content: bytes, kind: str) -> IncomingMail:
    message = mail("")
    message.set_content(content, maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    message.set_param("smime-type", kind)
    return read_mail(message.as_bytes())


@pytest.mark.parametrize("kind", ["signed-data", ""])
def test_what_stands_within_a_signature_is_read(
    identity: tuple[rsa.RSAPrivateKey, x509.Certificate], kind: str
) -> None:
    key, certificate = identity
    builder = pkcs7.PKCS7SignatureBuilder().set_data(ENTITY).add_signer(certificate, key, hashes.SHA256())
    found = sealed(builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]), kind)
    assert reply_of(found).text == "Ik ga akkoord."
    assert [one.name for one in attachments_of(found, reply_of(found))] == ["akte.pdf"]
    assert classify(found, ()).kind is Kind.REPLY


def test_what_is_encrypted_is_named(identity: tuple[rsa.RSAPrivateKey, x509.Certificate]) -> None:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(ENTITY).add_recipient(identity[1])
    found = sealed(builder.encrypt(serialization.Encoding.DER, []), "enveloped-data")
    assert classify(found, ()).kind is Kind.ENCRYPTED
    assert classify(read_mail(mail("-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----").as_bytes()), ()).kind is (
        Kind.ENCRYPTED
    )  # fmt: skip


def test_a_signature_in_pieces_without_lengths_is_read() -> None:
    """BER, as OpenSSL streams it."""
    octets = b"\x24\x80" + b"\x04\x09Content-T" + b"\x04\x16ype: text/plain\r\n\r\nJa." + b"\0\0"
    held = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + b"\0\0\0\0"
    data = b"\x30\x80\x02\x01\x01\x31\x00" + held + b"\x31\x00\0\0"
    message = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + data + b"\0\0\0\0"
    assert signed.signed_content(message) == b"Content-Type: text/plain\r\n\r\nJa."
    for cut in range(len(message)):
        assert b"Content-Type: text/plain\r\n\r\nJa.".startswith(signed.signed_content(message[:cut]) or b"")
    assert signed.signed_content(b"\x30\x80" * 5_000) is None


def test_text_signed_with_pgp_is_read_without_its_armour() -> None:
    armoured = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nAkkoord,\n- -- \n- streepje\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n"
    )
    assert (read_mail(mail(armoured).as_bytes()).text or "").strip() == "Akkoord,\n-- \nstreepje"
