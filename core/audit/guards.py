"""The database itself refuses to change or delete an audit entry: the statements, for each database.

Creating the table runs them; a migration that makes the table runs them too. Who may drop a trigger can still do harm: that
is what the chain is for (`log.verify`).
"""

CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_entries_no_{act} BEFORE {act.upper()} ON audit_entries "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed or deleted'); END"
        for act in ("update", "delete")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
    ),
}

DROP: dict[str, tuple[str, ...]] = {
    "sqlite": ("DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"),
    "postgresql": (
        "DROP TRIGGER audit_entries_append_only ON audit_entries",
        "DROP FUNCTION refuse_audit_change()",
    ),
}
