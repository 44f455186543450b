"""Answers in HTML as the usual programs mark them up, made up for these tests. `@` stands for the answer."""

from dataclasses import dataclass

from tests.mailbridge.reading.writing import ADDRESS, NAME

OURS = (
    "<p>Beste mevrouw Smit,</p><p>De koopakte van de Lindelaan ligt klaar om na te lezen.</p>"
    f"<p>Vriendelijke groet,<br>{NAME}</p><img src='cid:logo1@kantoor'>"
)
_LINK = f'<a href="mailto:{ADDRESS}">{ADDRESS}</a>'
_HEAD = f"<b>Van:</b> {NAME} &lt;{ADDRESS}&gt;<br><b>Verzonden:</b> dinsdag 14 mei 2024 16:02<br><b>Aan:</b> Anna Smit<br><b>Onderwerp:</b> RE: Koopakte"


@dataclass(frozen=True, slots=True)
class Page:
    """A mail program and the HTML of its answers."""

    name: str
    html: str

    def reply(self, answer: str) -> str:
        """The page with this answer, each line of it in the way of the program."""
        return self.html.replace("@ANSWER@", answer).replace("@OURS@", OURS)


PAGES = (
    Page(
        "gmail",
        '<div dir="ltr">@ANSWER@<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div dir="ltr" class="gmail_signature"><div>Anna Smit<br>06 12345678</div></div></div><br>'
        f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Op di 14 mei 2024 om 16:02 schreef {NAME} &lt;{_LINK}&gt;:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">@OURS@</blockquote></div>',
    ),
    Page(
        "gmail-frisian",
        f'<div dir="ltr">@ANSWER@</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Op tiisdei 14 maaie hat {NAME} skreaun:<br></div>'
        '<blockquote class="gmail_quote">@OURS@</blockquote></div>',
    ),
    Page(
        "outlook-desktop",
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm}</style></head><body lang="NL"><div class="WordSection1">'
        '<p class="MsoNormal">@ANSWER@<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Met vriendelijke groet,<o:p></o:p></p>'
        '<p class="MsoNormal">Anna Smit<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{_HEAD}<o:p></o:p></p></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>@OURS@</div></body></html>',
    ),
    Page(
        "outlook-web",
        '<html><body><div style="font-family:Calibri">@ANSWER@</div><div><br></div><div id="Signature"><div>Anna Smit</div></div><div id="appendonsend"></div>'
        f'<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font>{_HEAD}</font><div>&nbsp;</div></div><div>@OURS@</div></body></html>',
    ),
    Page(
        "outlook-mobile",
        '<html><body><div dir="ltr">@ANSWER@</div><div><br></div><div class="ms-outlook-mobile-signature" id="ms-outlook-mobile-signature">Verzonden vanuit '
        '<a href="https://aka.ms/o0ukef">Outlook voor iOS</a></div><div id="mail-editor-reference-message-container"><hr>'
        f'<div id="divRplyFwdMsg"><b>From:</b> {NAME}<br><b>Sent:</b> Tuesday<br></div>@OURS@</div></body></html>',
    ),
    Page(
        "outlook-mac",
        '<html><body><div><p class="MsoNormal">@ANSWER@</p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal"><b>Van: </b>{NAME} &lt;{_LINK}&gt;<br><b>Datum: </b>dinsdag 14 mei 2024 om 16:02<br><b>Aan: </b>Anna<br><b>Onderwerp: </b>Koopakte</p></div>@OURS@</div></body></html>',
    ),
    Page(
        "apple-mail",
        f'<html><body>@ANSWER@<br><div><br><blockquote type="cite"><div>Op 14 mei 2024, om 16:02 heeft {NAME} &lt;{_LINK}&gt; het volgende geschreven:</div>'
        '<br class="Apple-interchange-newline"><div>@OURS@</div></blockquote></div></body></html>',
    ),
    Page(
        "ios",
        '<html><body dir="auto">@ANSWER@<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Verstuurd vanaf mijn iPhone</div>'
        f'<div dir="ltr"><br><blockquote type="cite">Op 14 mei 2024 om 16:02 heeft {NAME} het volgende geschreven:<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">﻿@OURS@</div></blockquote></body></html>',
    ),
    Page(
        "thunderbird",
        f'<html><body><p>@ANSWER@</p><div class="moz-signature">-- <br>Anna Smit</div><div class="moz-cite-prefix">Op 14-05-2024 om 16:02 schreef {NAME}:<br></div>'
        '<blockquote type="cite" cite="mid:x">@OURS@</blockquote></body></html>',
    ),
    Page(
        "yahoo",
        '<html><body><div class="ydp1a2b3cyahoo-style-wrap"><div>@ANSWER@</div><div><br></div></div><div id="ydp9f8e7dyahoo_quoted_123" class="ydp9f8e7dyahoo_quoted">'
        f"<div>Op dinsdag 14 mei 2024 om 16:02:33 CEST schreef {NAME} &lt;{_LINK}&gt;:</div><div>@OURS@</div></div></body></html>",
    ),
    Page(
        "proton",
        '<div style="font-family:Arial">@ANSWER@</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Verzonden met Proton Mail.</div></div>'
        f'<div class="protonmail_quote">Op dinsdag 14 mei 2024 om 16:02 schreef {NAME} &lt;{ADDRESS}&gt;:<br><blockquote class="protonmail_quote" type="cite">@OURS@</blockquote></div>',
    ),
    Page(
        "zimbra",
        '<html><body><div><div>@ANSWER@</div><div data-marker="__SIG_PRE__"><div>Anna Smit</div></div><hr id="zwchr" data-marker="__DIVIDER__">'
        f'<div data-marker="__HEADERS__"><blockquote><b>Van: </b>"{NAME}"<br><b>Verzonden: </b>Dinsdag 14 mei 2024</blockquote></div><div data-marker="__QUOTED_TEXT__">@OURS@</div></div></body></html>',
    ),
    Page(
        "samsung",
        '<html><body><div dir="auto">@ANSWER@</div><div dir="auto"><br></div><div id="composer_signature" dir="auto">Verzonden vanaf mijn Galaxy</div><div><br></div>'
        f"<div>-------- Oorspronkelijk bericht --------</div><div>Van: {NAME} &lt;{ADDRESS}&gt; </div><div>Datum: 14-05-2024 16:02 (GMT+01:00) </div><div>Aan: anna@smit.example </div><div>Onderwerp: Koopakte </div><div><br></div>@OURS@</body></html>",
    ),
    Page(
        "kpn-open-xchange",
        f'<!doctype html><html><body><div class="default-style">@ANSWER@</div><blockquote type="cite"><div>Op 14-05-2024 16:02 CEST schreef {NAME} &lt;{_LINK}&gt;:</div>'
        "<div><br></div>@OURS@</blockquote></body></html>",
    ),
    Page(
        "roundcube",
        f'<html><body><p>@ANSWER@</p><div id="_rc_sig">-- <br>Anna</div><p id="reply-intro">{NAME} schreef op 2024-05-14 16:02:</p><blockquote type="cite">@OURS@</blockquote></body></html>',
    ),
    Page(
        "evolution",
        '<html><body><div class="-x-evo-paragraph">@ANSWER@</div><div><span class="-x-evo-signature-wrapper"><div>-- <br>Anna</div></span></div>'
        f'<div>Op di, 2024-05-14 om 16:02 +0200 schreef {NAME}:</div><blockquote type="cite">@OURS@</blockquote></body></html>',
    ),
    Page(
        "our-marker-in-outlook",
        "<div>@ANSWER@</div><div>&nbsp;</div><p>##- Typ uw antwoord boven deze regel -##</p>@OURS@",
    ),
)
