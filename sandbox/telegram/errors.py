"""Refusals with Telegram's codes and words, so that a client can't tell the sandbox by its errors."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """One refused call: HTTP status, description and, for 429, `retry_after` in whole seconds."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def answer(self) -> dict[str, Any]:
        """The JSON of the answer (Bot API, "Making requests")."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def bad(words: str) -> ApiError:
    """400: the request can't be carried out as it stands."""
    return ApiError(400, f"Bad Request: {words}")


def forbidden(words: str) -> ApiError:
    """403: the bot may not do this to this chat."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """409: two ways of receiving updates at once."""
    return ApiError(409, f"Conflict: {words}")


def too_many(retry_after: int) -> ApiError:
    """429: wait `retry_after` seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def too_large() -> ApiError:
    """413: the body is over the upload limit."""
    return ApiError(413, "Request Entity Too Large")


def unauthorized() -> ApiError:
    """401: no bot has this token."""
    return ApiError(401, "Unauthorized")


def not_found() -> ApiError:
    """404: no such method."""
    return ApiError(404, "Not Found")
