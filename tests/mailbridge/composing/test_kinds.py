"""Every kind of news that core sends by mail has a face here: found in core's own sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.actor import Channel
from core.notifications import batching, tell
from mailbridge.composing.wording import KINDS

CORE = Path(__file__).parents[3] / "core"
TELEGRAM_ONLY = {"unlinked_here", "file"}
NAMED = {"KIND", "NEW", "DIGEST", "REMINDER"}
"""What modules call the kind that they send."""

TELLS = {"tell", "send_code", "_tell"}
"""Verbs that are given a kind by its place."""

_KIND = re.compile(r"[a-z]+(?:_[a-z]+)+|linked|unlinked|invitation|digest|reminder|file")


def _sources() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CORE.rglob("*.py"))]


def _constants(tree: ast.Module) -> dict[str, str]:
    """Strings that the module names in capitals."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            if name.isupper() and isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[name] = value.value
    return found


def _told(tree: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    """What stands where a kind stands: by name (`kind=`), or by place in the verbs that tell."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [keyword.value for keyword in call.keywords if keyword.arg == "kind"]
        given += call.args if name in TELLS else []
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.Name | ast.Attribute):
                yield constants.get(value.id if isinstance(value, ast.Name) else value.attr, "")


def _queued() -> set[str]:
    trees = _sources()
    anywhere = {name: text for tree in trees for name, text in _constants(tree).items()}
    found = {kind for tree in trees for kind in _told(tree, anywhere | _constants(tree))}
    found |= {text for tree in trees for name, text in _constants(tree).items() if name in NAMED}
    kinds = {kind for kind in found if _KIND.fullmatch(kind)}
    return kinds | tell.FALLS_BACK | {kind for channel in Channel for kind in batching.BATCHED.get(channel, ())}


def test_every_kind_that_core_sends_by_mail_has_a_face() -> None:
    queued = _queued()
    assert {
        "invitation",
        "step_up_code",
        "two_factor_on",
        "upload_rejected",
        "message_edited_staff",
        "upload_supplied",
        "digest",
    } <= queued, "found"
    assert queued - KINDS - TELEGRAM_ONLY == set()
