"""What an operator sets, in `loket.toml` and the environment (`LOKET_MAIL__IMAP__HOST`), read once and validated.

A mistake names the setting, says what is wrong and, for a typo, which name was probably meant.
"""

import difflib
import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from core.errors import Misconfigured
from loket.settings_office import OfficeSettings

SETTINGS_FILE = "loket.toml"
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class Section(BaseModel):
    """A table of the settings; an unknown name in it is an error."""

    model_config = ConfigDict(extra="forbid")


def secure_address(value: str) -> str:
    """An https address without query or fragment; plain http only for this machine itself. ValueError says what is wrong."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or not value.isascii() or any(letter in value for letter in ' <>,?#"') or parts.username:
        raise ValueError("it is no address (an example: https://portaal.kantoor.nl)")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise ValueError("it must begin with https://")
    return value


class Tls(StrEnum):
    """How a connection to a mail server is protected."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class DatabaseSettings(Section):
    """SQLite in the data folder unless a `postgresql://` address is given."""

    url: str = ""


class StorageSettings(Section):
    """Where the bytes of files are: the data folder, or `s3://bucket/prefix?endpoint=…`."""

    url: str = ""


class KeySettings(Section):
    """The office's secrets, newest first. Empty: one is made at the first start in `<data>/secret.key`."""

    secrets: tuple[SecretStr, ...] = ()


class TelegramMode(StrEnum):
    """How updates come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class TelegramSettings(Section):
    """The bot. Without a token the Telegram channel is off. `api` is another Bot API server's address."""

    token: SecretStr = SecretStr("")
    api: str = "https://api.telegram.org"
    mode: TelegramMode = TelegramMode.POLLING
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    per_second: float = Field(default=28.0, gt=0, le=1000)


class ServerSettings(Section):
    """A mail server that the product logs in to."""

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    tls: Tls = Tls.IMPLICIT
    verify: bool = True


class OauthSettings(Section):
    """How tokens are had for mail servers that take no password (Microsoft, Google); used for each that has none set.

    With a `refresh_token` by that, else by client credentials.
    """

    token_url: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    scope: str = ""

    @field_validator("token_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return value and secure_address(value)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self != OauthSettings.model_construct() and not (self.token_url and self.client_id):
            raise ValueError("both token_url and client_id are needed")
        if self.token_url and not (self.client_secret.get_secret_value() or self.refresh_token.get_secret_value()):
            raise ValueError("client_secret or refresh_token is needed")
        return self


class MailSettings(Section):
    """The mailbox of the portal. Without an IMAP host the mail channel is off.

    `address` is the fixed sender; replies go to `r+TOKEN@` the same domain. `authserv_id` is the name that the receiving
    server writes in its Authentication-Results header: without it no mail can be proven and every one is quarantined.
    """

    address: str = ""
    imap: ServerSettings = ServerSettings()
    smtp: ServerSettings = ServerSettings()
    oauth: OauthSettings = OauthSettings()
    authserv_id: str = ""
    reply_local_part: str = "r"


class HttpSettings(Section):
    """Health, metrics, the webhook and the page that stops news. Port 0: this process serves none of them.

    `web` is the address at which the outside reaches the server, through a proxy with TLS. Without it news can be
    stopped by mail only.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    web: str = ""

    @field_validator("web")
    @classmethod
    def _is_public(cls, value: str) -> str:
        return value and secure_address(value)


class LogSettings(Section):
    """What operators read."""

    level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    format: str = Field(default="text", pattern="^(text|json)$")


class Settings(BaseSettings):
    """All settings. `data` is the folder for the database, files and key when nothing else is set."""

    model_config = SettingsConfigDict(
        env_prefix="LOKET_", env_nested_delimiter="__", extra="forbid", toml_file=SETTINGS_FILE
    )

    data: Path = Path("loket-data")
    office: OfficeSettings = OfficeSettings()
    database: DatabaseSettings = DatabaseSettings()
    storage: StorageSettings = StorageSettings()
    keys: KeySettings = KeySettings()
    telegram: TelegramSettings = TelegramSettings()
    mail: MailSettings = MailSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file.path)

    @property
    def database_url(self) -> str:
        """The database's address."""
        return self.database.url or f"sqlite:///{self.data.resolve() / 'loket.db'}"

    @property
    def storage_url(self) -> str:
        """The address of the store of files."""
        return self.storage.url or (self.data.resolve() / "files").as_uri()


class _Chosen:
    """Which file is being read; set for the duration of `read_settings` only."""

    path: Path = Path(SETTINGS_FILE)


_file = _Chosen()


def read_settings(path: Path | None = None, **overrides: Any) -> Settings:
    """The settings from `path` (or `$LOKET_SETTINGS`, or `loket.toml` here) and the environment.

    Raises Misconfigured with one sentence a mistake.
    """
    chosen = path or Path(os.environ.get("LOKET_SETTINGS", SETTINGS_FILE))
    if path is not None and not path.is_file():
        raise Misconfigured(f"The settings file {path} doesn't exist. Make it, or leave the option out.")
    _file.path = chosen
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise Misconfigured("\n".join(_sentences(error, chosen))) from None
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{chosen} isn't valid TOML: {error}.") from None


def _sentences(error: ValidationError, path: Path) -> list[str]:
    return [_sentence(tuple(map(str, each["loc"])), each["type"], each["msg"], path) for each in error.errors()]


def _sentence(place: tuple[str, ...], kind: str, message: str, path: Path) -> str:
    name = ".".join(place)
    where = f"(in {path}, or LOKET_{'__'.join(place).upper()} in the environment)"
    if kind != "extra_forbidden":
        reason = message.removeprefix("Value error, ")
        return f"Setting {name} {where} is wrong: {reason[0].lower()}{reason[1:]}."
    meant = difflib.get_close_matches(place[-1], _names(place[:-1]), n=1)
    hint = f" Did you mean {'.'.join((*place[:-1], meant[0]))}?" if meant else ""
    return f"Setting {name} {where} is unknown.{hint}"


def _names(place: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for step in place:
        field = model.model_fields.get(step)
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return list(model.model_fields)
