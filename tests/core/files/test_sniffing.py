"""What a file is by its content, for what offices get and for what they must never take."""

import io
import zipfile

import pytest

from core.files.sniffing import HEAD, TAIL, refined, sniff

OOXML = "application/vnd.openxmlformats-officedocument."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(name, "content " * 50)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"II*\x00\x08\x00", "image/tiff"),
        (b"MM\x00*\x00\x08", "image/tiff"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"Beste notaris,\nhierbij de stukken.", "text/plain"),
        ("Beste notaris, één vraag".encode("cp1252"), "text/plain"),
        ("\ufeffnaam;bedrag".encode("utf-16"), "text/plain"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b'<?xml version="1.0"?><a/>', "application/xml"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"From: a@b.example\r\nSubject: Akte\r\n\r\nDag", "message/rfc822"),
        (b"Date: vandaag is het mooi weer", "text/plain"),
        (zipped("brief.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), f"{OOXML}wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OOXML}spreadsheetml.sheet"),
        (zipped("word/notes.txt"), "application/zip"),
        (
            zipped(first=("mimetype", "application/vnd.oasis.opendocument.text")),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "__properties_version1.0".encode("utf-16-le"), "application/vnd.ms-outlook"),
        (OLE, "application/x-ole-storage"),
        (b"MZ\x90\x00\x03", "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF\x02\x01", "application/x-elf"),
        (b"#!/bin/sh\nrm -rf /", "text/x-script"),
        (b"@ECHO OFF\r\ndel *.*", "text/x-script"),
        (b"\x00\x01\x02\x03\x04unknown", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_content_says_what_it_is(data: bytes, expected: str) -> None:
    assert sniff(data[:HEAD], data[-TAIL:]) == expected


def test_a_long_word_file_is_known_by_its_list_of_contents() -> None:
    data = zipped("[Content_Types].xml", *(f"media/{number}" for number in range(300)), "word/document.xml")
    assert b"word/" not in data[:10_000]
    assert sniff(data[:10_000], data[-TAIL:]).endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("media_type", "name", "expected"),
    [
        ("text/plain", "cijfers.CSV", "text/csv"),
        ("text/plain", "bericht.eml", "message/rfc822"),
        ("text/plain", "brief.txt", "text/plain"),
        ("application/pdf", "akte.csv", "application/pdf"),
        ("text/x-script", "cijfers.csv", "text/x-script"),
    ],
)
def test_a_name_only_refines_a_text(media_type: str, name: str, expected: str) -> None:
    assert refined(media_type, name) == expected
