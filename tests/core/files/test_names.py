"""Names survive, harm does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.names import EXTENSIONS, LONGEST, RUNS_ITSELF, safe_name


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("Akte van levering (concept) é.pdf", "application/pdf", "Akte van levering (concept) é.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\Anna\\akte.pdf", "application/pdf", "akte.pdf"),
        ("a<b>:c?.pdf", "application/pdf", "a_b__c_.pdf"),
        ("factuur\u202efdp.exe", "application/pdf", "factuurfdp.exe.pdf"),
        ("regel\r\nBcc: x@y.example.pdf", "application/pdf", "regelBcc_ x@y.example.pdf"),
        ("foto", "image/jpeg", "foto.jpg"),
        ("", "image/jpeg", "bestand.jpg"),
        ("...", "application/pdf", "bestand.pdf"),
        ("start.bat", "text/plain", "start.bat.txt"),
        ("setup.exe", "application/octet-stream", "setup.exe.bin"),
        ("CON.pdf", "application/pdf", "_CON.pdf"),
        ("verslag 3.12.2025", "application/pdf", "verslag 3.12.2025.pdf"),
        ("Jansen en Zn. akte", "application/pdf", "Jansen en Zn. akte.pdf"),
        ("  brief  met   ruimte .docx", "application/msword", "brief met ruimte.docx"),
    ],
)
def test_safe_name(name: str, media_type: str, expected: str) -> None:
    assert safe_name(name, media_type) == expected


@given(st.text(max_size=400), st.sampled_from([*EXTENSIONS, "application/octet-stream"]))
def test_a_safe_name_is_always_one_harmless_part_of_a_path(name: str, media_type: str) -> None:
    safe = safe_name(name, media_type)
    assert 0 < len(safe) <= LONGEST
    assert not set(safe) & set('/\\\r\n\t\x00"<>|:')
    assert safe not in {".", ".."}
    assert safe.rpartition(".")[2].lower() not in RUNS_ITSELF or "." not in safe


@given(st.text(max_size=300), st.sampled_from(["application/pdf", "text/plain", "application/octet-stream"]))
def test_making_a_name_safe_twice_changes_nothing(name: str, media_type: str) -> None:
    once = safe_name(name, media_type)
    assert safe_name(once, media_type) == once
