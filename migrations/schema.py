"""Every table of every room, for migrations and for the test that models equal migrations."""

from core.accounts import guards as accounts_guards
from core.accounts import models as accounts
from core.audit import guards as audit_guards
from core.audit import models as audit
from core.chats import models as chats
from core.database import Base
from core.deliveries import models as deliveries
from core.documents import models as documents
from core.dossiers import models as dossiers
from core.files import models as files
from core.intake import models as intake
from core.messages import models as messages
from core.people import models as people
from core.staff import models as staff

ROOMS = (accounts, audit, chats, deliveries, documents, dossiers, files, intake, messages, people, staff)
metadata = Base.metadata

GUARDS = (accounts_guards, audit_guards)
"""What the database itself refuses: each has `CREATE` and `DROP`, statements by the name of the dialect."""
