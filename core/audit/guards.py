"""The database itself refuses to change or delete an audit entry: the statements, for each database.

Creating the table runs them; a migration that makes the table runs them too. Who may drop a trigger can still do harm: that
is what the chain is for (`log.verify`).
"""

_UPDATE = """
CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
"""

_DELETE = """
CREATE TRIGGER audit_entries_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END
"""

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_UPDATE_OR_DELETE = """
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
"""

CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": (_UPDATE, _DELETE),
    "postgresql": (_REFUSE, _UPDATE_OR_DELETE),
}

DROP: dict[str, tuple[str, ...]] = {
    "sqlite": ("DROP TRIGGER audit_entries_update", "DROP TRIGGER audit_entries_delete"),
    "postgresql": (
        "DROP TRIGGER audit_entries_append_only ON audit_entries",
        "DROP FUNCTION refuse_audit_change()",
    ),
}
