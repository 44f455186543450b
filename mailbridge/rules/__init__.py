"""What a mail is: an ordered table of named rules, the first that matches decides.

Mails of machines never become messages and are never answered (RFC 3834); mails of people go on to routing. What a
person wrote is `mailbridge.replies`; whether it is really from them `mailbridge.sender`.
"""

from mailbridge.rules.kinds import Classification, Kind
from mailbridge.rules.table import RULES, classify

__all__ = ["RULES", "Classification", "Kind", "classify"]
