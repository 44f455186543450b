"""How a bot gets its updates: getUpdates, or a webhook, never both (Bot API, "Getting updates")."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sandbox.telegram import limits
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import ApiError, bad, conflict, too_many
from sandbox.telegram.methods.call import Call
from sandbox.telegram.updates import BY_WEBHOOK, OTHER_POLL
from sandbox.telegram.world import Webhook

CLOSE_AFTER = 600.0  # close: "will return error 429 in the first 10 minutes after the bot is launched"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}$")
_WEBHOOK_IS_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


async def get_updates(call: Call) -> list[Json]:
    """getUpdates: a long poll. A new one ends the one before it with 409."""
    queue, params, state = call.bot.updates, call.params, call.state
    if call.bot.webhook is not None:
        raise conflict(_WEBHOOK_IS_SET)
    limit = min(max(params.integer("limit", 100), 1), 100)
    timeout = min(max(params.integer("timeout"), 0), limits.POLL_SECONDS)
    _allow(call)
    queue.interrupt(OTHER_POLL)
    if offset := params.integer("offset"):
        queue.confirm(offset)
    state.flush()
    updates = queue.peek(limit, now=state.now())
    if not updates and timeout:
        await queue.wait(timeout)
        updates = queue.peek(limit, now=state.now())
    return updates


def set_webhook(call: Call) -> bool:
    """setWebhook. Like a local Bot API server, plain http is allowed; an empty url takes the webhook away."""
    params, bot = call.params, call.bot
    url = params.text("url")
    if not url:
        return delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if secret and not _SECRET.match(secret):
        raise bad("secret token contains unallowed characters")
    connections = params.integer("max_connections", 40)
    if connections not in limits.WEBHOOK_CONNECTIONS:
        raise bad("max_connections must be between 1 and 100")
    _allow(call)
    if params.boolean("drop_pending_updates"):
        bot.updates.clear()
    bot.updates.interrupt(BY_WEBHOOK)
    bot.webhook = Webhook(url, secret, connections, params.text("ip_address") or None)
    _webhook_changed(call)
    return True


def delete_webhook(call: Call) -> bool:
    """deleteWebhook."""
    if call.params.boolean("drop_pending_updates"):
        call.bot.updates.clear()
    call.bot.webhook = None
    _webhook_changed(call)
    return True


def get_webhook_info(call: Call) -> Json:
    """getWebhookInfo."""
    webhook = call.bot.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(call.bot.updates),
    }
    if webhook:
        info["max_connections"] = webhook.max_connections
        if webhook.ip_address:
            info["ip_address"] = webhook.ip_address
        if webhook.last_error_at is not None:
            info |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
    if call.bot.updates.allowed:
        info["allowed_updates"] = call.bot.updates.allowed
    return info


def log_out(call: Call) -> bool:
    """logOut: "you will not be able to log in again using the same token for 10 minutes"."""
    call.bot.logged_out_until = call.state.now() + CLOSE_AFTER
    call.bot.webhook = None
    _webhook_changed(call)
    return True


def close(call: Call) -> bool:
    """close: only after the bot has run for ten minutes, and without a webhook."""
    running = call.state.now() - call.state.started_at
    if running < CLOSE_AFTER:
        raise too_many(int(CLOSE_AFTER - running) + 1)
    if call.bot.webhook is not None:
        raise ApiError(400, "Bad Request: the webhook must be deleted first")
    return True


def _allow(call: Call) -> None:
    kinds = call.params.array("allowed_updates", "can't parse allowed_updates JSON object")
    if kinds is not None and kinds != call.bot.updates.allowed:
        call.bot.updates.allowed = [kind for kind in kinds if isinstance(kind, str)]
        call.state.save_bot(call.bot)


def _webhook_changed(call: Call) -> None:
    call.state.save_bot(call.bot)
    call.state.on_webhook(call.bot)
