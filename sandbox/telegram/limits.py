"""What Telegram allows, with where it says so. Sizes are bytes, lengths are UTF-16 units, times are seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

TEXT_LENGTH = 4096  # sendMessage: 1-4096 characters after entities parsing
CAPTION_LENGTH = 1024  # sendDocument and the other media: 0-1024 characters after entities parsing
CALLBACK_DATA_BYTES = 64  # InlineKeyboardButton.callback_data: 1-64 bytes
CALLBACK_ANSWER_LENGTH = 200  # answerCallbackQuery.text: 0-200 characters
COPY_TEXT_LENGTH = 256  # CopyTextButton.text: 1-256 characters
PLACEHOLDER_LENGTH = 64  # ForceReply.input_field_placeholder: 1-64 characters
BUTTONS = 100  # buttons under one message; more answers REPLY_MARKUP_TOO_LONG
ALBUM_SIZES = range(2, 11)  # sendMediaGroup: 2-10 items
DELETED_AT_ONCE = range(1, 101)  # deleteMessages: 1-100 identifiers
DOWNLOAD_BYTES = 20 * 1024 * 1024  # getFile: "bots can download files of up to 20MB in size"
UPLOAD_BYTES = 50 * 1024 * 1024  # "Sending files": 50 MB for other files
PHOTO_BYTES = 10 * 1024 * 1024  # sendPhoto: "at most 10 MB in size"
PHOTO_SIDES = 10_000  # sendPhoto: "width and height must not exceed 10000 in total"
PHOTO_RATIO = 20  # sendPhoto: "width and height ratio must be at most 20"
COMMANDS = 100  # setMyCommands: at most 100 commands
TOPIC_NAME_LENGTH = 128  # createForumTopic.name: 1-128 characters
DELETE_SECONDS = 48 * 3600  # deleteMessage: "only if it was sent less than 48 hours ago"
UPDATE_SECONDS = 24 * 3600  # "updates will not be kept longer than 24 hours"
POLL_SECONDS = 50  # the longest long poll of the Bot API server
WEBHOOK_CONNECTIONS = range(1, 101)  # setWebhook.max_connections: 1-100, 40 unless set
PAYLOAD_LENGTH = 64  # deep linking: up to 64 characters A-Z a-z 0-9 _ -


@dataclass(frozen=True, slots=True)
class Limits:
    """What differs between a test, a benchmark and a real day. Rates are off unless given.

    A send to a chat whose person wrote or tapped within `reply_seconds` is an answer and free of `overall_per_second`,
    as Telegram counts bulk only; `chat_per_second` bears bursts of `chat_burst`.
    """

    overall_per_second: float | None = None
    chat_per_second: float | None = None
    chat_burst: int = 3
    group_per_minute: float | None = None
    reply_seconds: float = 10.0
    callback_seconds: float = 900.0
    webhook_pauses: tuple[float, ...] = field(default=(1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0))
    webhook_seconds: float = 60.0

    @classmethod
    def telegram(cls) -> Limits:
        """The rates that Telegram publishes: 30 a second over all, 1 a second a chat, 20 a minute a group."""
        return cls(overall_per_second=30.0, chat_per_second=1.0, group_per_minute=20.0)
