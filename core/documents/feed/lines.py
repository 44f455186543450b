"""The kinds of lines, as models; the published JSON Schema comes from them."""

import hashlib
import json
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from core.accounts.models import AccountKind, Role
from core.actor import Language
from core.staff.models import StaffRole


def _relative(path: str) -> str:
    """A path below the feed's folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith(("/", "~")) or "\\" in path or ":" in parts[0] or ".." in parts:
        raise ValueError("must be a path below the folder of the feed, with / between folders")
    return path


Text = Annotated[str, Field(min_length=1)]
FilePath = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_relative)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Line(BaseModel):
    """What all lines share. `key_fields` name the fields that say which thing the line is about."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    key_fields: ClassVar[tuple[str, ...]]

    def about(self) -> str:
        """The one thing that this line is about, e.g. `participant:2026-0012:K-7`."""
        values = [str(getattr(self, name)) for name in ("type", *self.key_fields)]
        name = ":".join(value.replace(":", "::") for value in values)
        return name if len(name) <= 250 else f"{values[0]}:{hashlib.sha256(name.encode()).hexdigest()}"

    def digest(self) -> str:
        """The SHA-256 of what the line says, whatever the order of its fields."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


class AccountLine(_Line):
    """A customer of the office. `framework` is the number of the framework agreement that it falls under."""

    key_fields = ("number",)
    type: Literal["account"]
    number: Annotated[Text, Field(max_length=40)]
    name: Annotated[Text, Field(max_length=300)]
    kind: AccountKind
    framework: str | None = None


class PersonLine(_Line):
    """A human on the customer's side. `key` is the office's own key and never changes; what is left out stays as it is."""

    key_fields = ("key",)
    type: Literal["person"]
    key: Annotated[Text, Field(max_length=80)]
    name: Annotated[Text, Field(max_length=300)]
    email: Annotated[Text, Field(max_length=254)]
    language: Language = Language.NL
    mobile: str | None = Field(default=None, description="E.164, such as +31612345678")
    professional_number: Annotated[str, Field(max_length=40)] | None = None


class MembershipLine(_Line):
    """A person's role in an account; the first person of an account becomes its contract holder."""

    key_fields = ("account", "person")
    type: Literal["membership"]
    account: Annotated[Text, Field(description="number of the account")]
    person: Annotated[Text, Field(description="key of the person")]
    role: Role | None = None
    removed: bool = False


class StaffLine(_Line):
    """A staff member, known by the address of their own mailbox."""

    key_fields = ("email",)
    type: Literal["staff"]
    email: Annotated[Text, Field(max_length=254)]
    name: Annotated[Text, Field(max_length=200)]
    role: StaffRole = StaffRole.HANDLER
    language: Language = Language.NL
    removed: bool = False


class DossierLine(_Line):
    """A dossier under the office's own number. `status` is the office's own word."""

    key_fields = ("number",)
    type: Literal["dossier"]
    number: Annotated[Text, Field(max_length=60)]
    account: Annotated[Text, Field(description="number of the account")]
    description: Annotated[Text, Field(max_length=500)]
    status: Annotated[Text, Field(max_length=80)]
    kind: Annotated[str, Field(max_length=60)] = ""
    handler: str | None = Field(default=None, description="email of the staff member who handles it")
    closed: bool = False


class ParticipantLine(_Line):
    """A person who may see a dossier."""

    key_fields = ("dossier", "person")
    type: Literal["participant"]
    dossier: Annotated[Text, Field(description="number of the dossier")]
    person: Annotated[Text, Field(description="key of the person")]
    removed: bool = False


class Step(BaseModel):
    """A step of the progress; `done` is the day or moment at which it was done, null when it isn't yet."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    label: Annotated[Text, Field(max_length=200)]
    done: date | AwareDatetime | None = None


class ProgressLine(_Line):
    """All steps of a dossier, in order."""

    key_fields = ("dossier",)
    type: Literal["progress"]
    dossier: Annotated[Text, Field(description="number of the dossier")]
    steps: tuple[Step, ...]


class DocumentLine(_Line):
    """A published document. `key` is the office's own key; another `sha256` under it is a new version, told as new."""

    key_fields = ("key",)
    type: Literal["document"]
    key: Annotated[Text, Field(max_length=80)]
    dossier: Annotated[Text, Field(description="number of the dossier")]
    shelf: Literal["correspondence", "documents"]
    name: Annotated[Text, Field(max_length=255, description="the name under which it is downloaded")]
    file: Annotated[FilePath, Field(description="path relative to the folder of the feed")]
    sha256: Sha256
    confidential: bool = False
    quiet: bool = Field(default=False, description="tell nobody: for taking over from an old portal")
    withdrawn: bool = False
    expires_on: date | None = Field(default=None, description="the last day on which it can be had")


Line = Annotated[
    AccountLine | PersonLine | MembershipLine | StaffLine | DossierLine | ParticipantLine | ProgressLine | DocumentLine,
    Field(discriminator="type"),
]

ADAPTER: TypeAdapter[Line] = TypeAdapter(Line)


class FeedFile(NamedTuple):
    """A file that a line speaks of: its path relative to the feed's folder, its SHA-256 in hex."""

    path: str
    sha256: str


def files_needed(line: Line) -> tuple[FeedFile, ...]:
    """The files whose bytes must be in the store before the line is applied."""
    if isinstance(line, DocumentLine) and not line.withdrawn:
        return (FeedFile(line.file, line.sha256),)
    return ()


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of one line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the office's feed",
        "description": "JSON Lines, UTF-8: one object a line, what is referred to before what refers to it.",
        **ADAPTER.json_schema(),
    }
