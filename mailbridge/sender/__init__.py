"""Whether a mail is from whom it says: the verdict of our own receiving server.

Here lives the reading of Authentication-Results and the question of alignment. Who that address belongs to, and what a
person may do, is decided in `core`; what the signed reply address says, in routing.
"""

from mailbridge.sender.survey import surveyed
from mailbridge.sender.verdict import MICROSOFT, SenderVerdict, authenticated

__all__ = ["MICROSOFT", "SenderVerdict", "authenticated", "surveyed"]
