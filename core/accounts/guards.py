"""The database itself refuses to change or delete a contract holder's membership (TEAM-2): the statements, for each database.

Creating the table runs them; a migration that makes the table runs them too.
"""

_CHANGED = """OLD.role = 'contract_holder' AND (
    NEW.role <> OLD.role OR NEW.person_id <> OLD.person_id OR NEW.account_id <> OLD.account_id OR NEW.removed_at IS NOT NULL
)"""

_UPDATE = f"""
CREATE TRIGGER memberships_contract_holder_update BEFORE UPDATE ON memberships WHEN {_CHANGED}
BEGIN SELECT RAISE(ABORT, 'a contract holder is never changed or removed'); END
"""

_DELETE = """
CREATE TRIGGER memberships_contract_holder_delete BEFORE DELETE ON memberships WHEN OLD.role = 'contract_holder'
BEGIN SELECT RAISE(ABORT, 'a contract holder is never changed or removed'); END
"""

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_contract_holder_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'a contract holder is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_UPDATE_ROW = f"""
CREATE TRIGGER memberships_contract_holder_update BEFORE UPDATE ON memberships FOR EACH ROW
WHEN ({_CHANGED}) EXECUTE FUNCTION refuse_contract_holder_change()
"""

_DELETE_ROW = """
CREATE TRIGGER memberships_contract_holder_delete BEFORE DELETE ON memberships FOR EACH ROW
WHEN (OLD.role = 'contract_holder') EXECUTE FUNCTION refuse_contract_holder_change()
"""

CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": (_UPDATE, _DELETE),
    "postgresql": (_REFUSE, _UPDATE_ROW, _DELETE_ROW),
}

DROP: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "DROP TRIGGER memberships_contract_holder_update",
        "DROP TRIGGER memberships_contract_holder_delete",
    ),
    "postgresql": (
        "DROP TRIGGER memberships_contract_holder_update ON memberships",
        "DROP TRIGGER memberships_contract_holder_delete ON memberships",
        "DROP FUNCTION refuse_contract_holder_change()",
    ),
}
