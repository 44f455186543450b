"""A digest in Telegram tells apart what is asked and what is over (NOTE-3, DOC-7)."""

import pytest

from bot.callbacks import Verb, read
from bot.screens import notices
from core.actor import Language


@pytest.mark.parametrize(
    ("language", "complete", "not_needed"),
    [(Language.NL, "is compleet", "is niet meer nodig"), (Language.EN, "is complete", "is no longer needed")],
)
def test_what_is_over_is_no_action(language: Language, complete: str, not_needed: str) -> None:
    over = [
        {"kind": "upload_accepted", "dossier_number": "2026-1", "title": "Paspoort"},
        {"kind": "upload_withdrawn", "dossier_number": "2026-1", "title": "Loonstrook"},
    ]
    asked = {"kind": "upload_request_new", "dossier_number": "2026-1", "title": "Akte"}
    for items, to_do in ((over, False), ([*over, asked], True)):
        screen = notices.notice(language, "digest", {"items": items, "count": len(items)}, {})
        assert screen is not None
        assert f"✅ 2026-1: Paspoort {complete}" in screen.text and f"✅ 2026-1: Loonstrook {not_needed}" in screen.text
        assert ("📥 2026-1: Akte" in screen.text) is to_do
        verbs = [read(button.data).verb for row in screen.rows for button in row if button.data]
        assert verbs == ([Verb.ACTIONS, Verb.HOME] if to_do else [Verb.HOME])
