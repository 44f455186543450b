"""Mails that come back: which address failed, for good or for now, and which mail of ours it was.

Here live the reading of delivery reports (RFC 3464) and of the free-form ones. What happens to the address and the
delivery is decided in `core`.
"""

from mailbridge.bounces.bounce import Action, Bounce
from mailbridge.bounces.failures import failures
from mailbridge.bounces.reports import is_refusal

__all__ = ["Action", "Bounce", "failures", "is_refusal"]
