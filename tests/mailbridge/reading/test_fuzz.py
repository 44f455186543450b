"""Any bytes at all: a value comes back, never an exception."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbridge.bounces import failures
from mailbridge.parsing import read_mail
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import classify
from mailbridge.sender import authenticated
from tests.mailbridge.reading.pages import PAGES
from tests.mailbridge.reading.writing import CLIENTS, mail

LIMITED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.sampled_from(
    ["From", "To", "Subject", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Message-ID",
     "Date", "References", "Authentication-Results", "Auto-Submitted", "Content-ID", ""]
)  # fmt: skip
WORDS = st.sampled_from(
    ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "message/rfc822", "text/calendar",
     "message/delivery-status", "multipart/report", "; boundary=b", "; charset=utf-8", '; name="', "base64", "=?utf-8?B?",
     "?=", "<", ">", "@", "(", ")", '"', "\\", ",", ";", "a@b.example", "=", "dmarc=pass", "attachment", "\x00", "é"]
)  # fmt: skip
BODY = st.sampled_from(
    ["--b\r\n", "--b--\r\n", "\r\n", "> ", "Op 3 mei 2024 om 10:11 schreef", " <a@b.example>:\r\n", "Van: ", "Onderwerp: ",
     "<div>", "</div>", "<blockquote>", "<!--", "<style>", "&amp;", "-- \r\n", "Groeten\r\n", "Action: failed\r\n",
     "Final-Recipient: rfc822;", "begin 644 x\r\n", "\r", "\n", "tekst", "\x1e", "\ufeff"]
)  # fmt: skip


def go_through(raw: bytes) -> None:
    found = read_mail(raw)
    reply = reply_of(found)
    attachments_of(found, reply)
    classify(found, frozenset())
    failures(found)
    authenticated(found, "mx.example")
    assert found.subject == " ".join(found.subject.split())
    assert all(part.name and "/" not in part.name for part in found.attachments)


@LIMITED
@given(st.binary(max_size=600))
def test_any_bytes(raw: bytes) -> None:
    go_through(raw)


@LIMITED
@given(
    st.lists(st.tuples(NAMES, st.lists(WORDS | st.text(max_size=6), max_size=6)), max_size=8),
    st.lists(BODY | st.text(max_size=6), max_size=30),
)
def test_mails_made_of_the_pieces_of_mails(headers: list[tuple[str, list[str]]], body: list[str]) -> None:
    head = "".join(f"{name}: {' '.join(words)}\r\n" for name, words in headers)
    go_through(f"{head}\r\n{''.join(body)}".encode("utf-8", "surrogatepass"))


@LIMITED
@given(st.sampled_from([*CLIENTS, *PAGES]), st.text(max_size=80), st.integers(0, 3_000), st.binary(max_size=4))
def test_real_answers_with_a_scratch(client: object, answer: str, at: int, scratch: bytes) -> None:
    written = client.reply(answer.replace("\x00", "").encode("utf-8", "replace").decode())  # type: ignore[attr-defined]  # both have it
    raw = mail(None, written).as_bytes() if written.startswith("<") else mail(written).as_bytes()
    go_through(raw[:at] + scratch + raw[at + len(scratch) :])


@LIMITED
@given(st.text(alphabet="aé\n >-_:.@<0123456789Op schreefwrote", min_size=1, max_size=200))
def test_what_was_written_is_kept_or_cut_but_never_lost(text: str) -> None:
    found = reply_of(read_mail(mail(text).as_bytes()))
    both = "".join((found.text + found.cut).split())
    for line in text.split("\n"):
        assert "".join(line.split()).strip("-_") in both
