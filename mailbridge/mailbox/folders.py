"""The three folders for handled mails, and which outcome goes where."""

from enum import StrEnum

from core.intake.models import Intake, IntakeState


class Folder(StrEnum):
    """Processed: done as asked, or rightly ignored. Rejected: refused or set apart for staff. Failed: a human must look."""

    PROCESSED = "Processed"
    REJECTED = "Rejected"
    FAILED = "Failed"


REJECTING = ("refused", "quarantined", "unknown")
"""How the outcomes of mails begin that were not taken as they were."""


def folder_for(intake: Intake | None) -> Folder | None:
    """Where the mail of this item goes; None while it is still to be handled. An item that was erased counts as done."""
    if intake is None:
        return Folder.PROCESSED
    if intake.state == IntakeState.DEAD:
        return Folder.FAILED
    if intake.state not in (IntakeState.DONE, IntakeState.ANSWERING):
        return None
    return Folder.REJECTED if intake.outcome.startswith(REJECTING) else Folder.PROCESSED
