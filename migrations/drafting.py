"""Drafts of revisions from the difference between the models and the history.

`python -m migrations.drafting "what it does"` writes the next step; read it, correct it, and give it what data needs.
`python -m migrations.drafting --initial` draws the first step anew from the models: only while nothing was released.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import (
    CreateIndexOp,
    CreateTableOp,
    DowngradeOps,
    DropTableOp,
    MigrateOperation,
    MigrationScript,
    UpgradeOps,
)
from sqlalchemy import JSON, BigInteger, Connection, create_engine
from sqlalchemy.types import TypeEngine

from core.database.base import UtcDateTime
from migrations import revisions
from migrations.schema import GUARDS, metadata

VERSIONS = Path(__file__).parent / "versions"

_TEMPLATE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
{guards}

def upgrade() -> None:
    """{title}."""
    {upgrade}


def downgrade() -> None:
    """Back again."""
    {downgrade}
'''


def draft(title: str, *, initial: bool = False) -> Path:
    """Write a draft and give its path."""
    down = None if initial else revisions.head()
    number = 1 if initial else int(revisions.head()) + 1
    script = _everything() if initial else _difference()
    words = "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split()[:6])
    path = VERSIONS / f"{number:04d}_{words}.py"
    guards = _guards() if initial else ""
    up, back = _code(script.upgrade_ops), _code(script.downgrade_ops)
    if initial:
        up += "\n    for statement in GUARDS[op.get_bind().dialect.name]:\n        op.execute(statement)"
        back += "\n    for statement in LEFT_BEHIND[op.get_bind().dialect.name]:\n        op.execute(statement)"
    text = _TEMPLATE.format(
        title=title, revision=f"{number:04d}", down_revision=down, guards=guards, upgrade=up, downgrade=back
    )
    path.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(path)], check=True)  # noqa: S603  # our own tool
    return path


def difference(connection: Connection) -> list[Any]:
    """What the models have that the database doesn't, and the reverse; empty when they are equal."""
    found: list[Any] = produce_migrations(_context(connection), metadata).upgrade_ops.as_diffs()  # type: ignore[union-attr]  # never None here
    return found


def _everything() -> MigrationScript:
    """Each table with its indexes, in the order in which they refer to one another."""
    up: list[MigrateOperation] = []
    for table in metadata.sorted_tables:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        up += [CreateTableOp.from_table(table), *map(CreateIndexOp.from_index, indexes)]
    down: list[MigrateOperation] = [DropTableOp.from_table(table) for table in reversed(metadata.sorted_tables)]
    return MigrationScript(None, UpgradeOps(up), DowngradeOps(down))


def _difference() -> MigrationScript:
    """What SQLite sees. Indexes on expressions it can't compare; those are added to the draft by hand."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        revisions.upgrade(url)
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                return produce_migrations(_context(connection), metadata)
        finally:
            engine.dispose()


def _context(connection: Connection) -> MigrationContext:
    options = {"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
    return MigrationContext.configure(connection, opts=options)


def _code(operations: Any) -> str:
    code = render_python_code(operations, render_item=_rendered, render_as_batch=False)
    lines = [line for line in code.splitlines() if not line.strip().startswith("#")]
    return "\n".join(lines).strip()


def _rendered(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """The column types by the names that a revision gives them; False leaves it to Alembic."""
    if kind != "type" or not isinstance(thing, TypeEngine):
        return False
    if isinstance(thing, UtcDateTime):
        return "MOMENT"
    if isinstance(thing, JSON):
        return "JSON"
    if isinstance(thing, BigInteger) and "sqlite" in thing._variant_mapping:  # noqa: SLF001  # there is no public way
        return "BIG_ID"
    return False


def _guards() -> str:
    """The statements of the guards, as they are now: a revision never changes with the code. Tables take their triggers along."""
    lines = ["", "GUARDS = {"]
    for dialect in ("sqlite", "postgresql"):
        lines.append(f'    "{dialect}": (')
        for guard in GUARDS:
            lines += [f'        """{statement}""",' for statement in guard.CREATE[dialect]]
        lines.append("    ),")
    lines += ["}", "", "LEFT_BEHIND = {", '    "sqlite": (),', '    "postgresql": (']
    for guard in GUARDS:
        lines += [f'        "{one}",' for one in guard.DROP["postgresql"] if one.startswith("DROP FUNCTION")]
    return "\n".join([*lines, "    ),", "}", ""])


def main(arguments: list[str]) -> None:
    """The command line."""
    if arguments == ["--initial"]:
        for old in VERSIONS.glob("[0-9]*.py"):
            old.unlink()
        print(draft("Every table of the first release", initial=True))  # noqa: T201  # the command's answer
    elif len(arguments) == 1:
        print(draft(arguments[0]))  # noqa: T201  # as above
    else:
        raise SystemExit('usage: python -m migrations.drafting "what it does" | --initial')


if __name__ == "__main__":
    main(sys.argv[1:])
