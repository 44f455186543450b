"""One table: a stored file and its origin (DOC-10)."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.actor import ActorKind, Channel
from core.database import Base, Identity


class StoredFile(Base):
    """Bytes that came in once, known by their SHA-256. Several rows may share the same bytes; each has its own origin."""

    __tablename__ = "stored_files"

    id: Mapped[Identity]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(255))
    origin_kind: Mapped[ActorKind] = mapped_column(String(20))
    origin_id: Mapped[int]
    channel: Mapped[Channel] = mapped_column(String(20))
    stored_at: Mapped[datetime]
