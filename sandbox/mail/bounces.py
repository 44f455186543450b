"""The notice that a mail could not be delivered (RFC 3464), as a receiving server sends it to the envelope sender."""

from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import formatdate, make_msgid


def bounce(raw: bytes, *, mail_from: str, recipient: str, reason: str, server: str) -> bytes:
    """A delivery status notification with the headers of the mail that failed.

    `reason` is the answer of the last server, such as "550 5.1.1 No such user here".
    """
    notice = MIMEMultipart("report", policy=SMTP)
    notice.set_param("report-type", "delivery-status")
    notice["From"] = f"Mail Delivery System <MAILER-DAEMON@{server}>"
    notice["To"] = mail_from
    notice["Subject"] = "Undelivered Mail Returned to Sender"
    notice["Date"] = formatdate()
    notice["Message-ID"] = make_msgid(domain=server)
    notice["Auto-Submitted"] = "auto-replied"
    notice.attach(MIMEText(f"Your message to <{recipient}> could not be delivered:\n\n{reason}\n", policy=SMTP))
    notice.attach(_status(recipient, reason, server))
    notice.attach(_original(raw))
    return notice.as_bytes()


def _status(recipient: str, reason: str, server: str) -> MIMEMessage:
    words = [*reason.split(), "5.0.0", "5.0.0"]
    about_mail, about_recipient = Message(), Message()
    about_mail["Reporting-MTA"] = f"dns; {server}"
    about_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    about_recipient["Action"] = "failed"
    about_recipient["Status"] = words[1] if words[1].count(".") == 2 else "5.0.0"
    about_recipient["Diagnostic-Code"] = f"smtp; {reason}"
    part = MIMEMessage(Message(), "delivery-status")
    part.set_payload([about_mail, about_recipient])
    return part


def _original(raw: bytes) -> EmailMessage | Message:
    headers = BytesHeaderParser().parsebytes(raw)
    headers.set_payload("")
    part = MIMEText(headers.as_string(), "rfc822-headers")
    part.replace_header("Content-Type", "text/rfc822-headers")
    return part
