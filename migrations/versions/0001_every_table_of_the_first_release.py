"""Every table of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

GUARDS = {
    "sqlite": (
        """
CREATE TRIGGER memberships_contract_holder_update BEFORE UPDATE ON memberships WHEN OLD.role = 'contract_holder' AND (
    NEW.role <> OLD.role OR NEW.person_id <> OLD.person_id OR NEW.account_id <> OLD.account_id OR NEW.removed_at IS NOT NULL
)
BEGIN SELECT RAISE(ABORT, 'a contract holder is never changed or removed'); END
""",
        """
CREATE TRIGGER memberships_contract_holder_delete BEFORE DELETE ON memberships WHEN OLD.role = 'contract_holder'
BEGIN SELECT RAISE(ABORT, 'a contract holder is never changed or removed'); END
""",
        """
CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
""",
        """
CREATE TRIGGER audit_entries_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END
""",
    ),
    "postgresql": (
        """
CREATE OR REPLACE FUNCTION refuse_contract_holder_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'a contract holder is never changed or removed' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE TRIGGER memberships_contract_holder_update BEFORE UPDATE ON memberships FOR EACH ROW
WHEN (OLD.role = 'contract_holder' AND (
    NEW.role <> OLD.role OR NEW.person_id <> OLD.person_id OR NEW.account_id <> OLD.account_id OR NEW.removed_at IS NOT NULL
)) EXECUTE FUNCTION refuse_contract_holder_change()
""",
        """
CREATE TRIGGER memberships_contract_holder_delete BEFORE DELETE ON memberships FOR EACH ROW
WHEN (OLD.role = 'contract_holder') EXECUTE FUNCTION refuse_contract_holder_change()
""",
        """
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
""",
    ),
}

LEFT_BEHIND = {
    "sqlite": (),
    "postgresql": (
        "DROP FUNCTION refuse_contract_holder_change()",
        "DROP FUNCTION refuse_audit_change()",
    ),
}


def upgrade() -> None:
    """Every table of the first release."""
    op.create_table(
        "accounts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("framework_id", BIG_ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["framework_id"], ["accounts.id"], name=op.f("fk_accounts_framework_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_accounts_number")),
    )
    op.create_index(op.f("ix_accounts_framework_id"), "accounts", ["framework_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
    )
    op.create_index(op.f("ix_audit_entries_act"), "audit_entries", ["act"], unique=False)
    op.create_index(
        op.f("ix_audit_entries_actor_kind_actor_id"), "audit_entries", ["actor_kind", "actor_id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_entries_subject_kind_subject_id"), "audit_entries", ["subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "chats",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("expecting", sa.String(length=40), nullable=False),
        sa.Column("expecting_data", JSON, nullable=False),
        sa.Column("card_message_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_version", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_chats")),
    )
    op.create_table(
        "feed_lines",
        sa.Column("about", sa.String(length=250), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_feed_lines")),
    )
    op.create_table(
        "guesses",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_scope_at"), "guesses", ["scope", "at"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "persons",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_proven_at", MOMENT, nullable=True),
        sa.Column("mobile", sa.String(length=16), nullable=True),
        sa.Column("mobile_proven_at", MOMENT, nullable=True),
        sa.Column("professional_number", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("details_right_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_name"), "persons", ["name"], unique=False)
    op.create_index(
        "uq_persons_email_lower",
        "persons",
        [sa.literal_column("lower(email)")],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_persons_external_key",
        "persons",
        ["external_key"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "reservations",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reservations")),
    )
    op.create_table(
        "scheduled",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled")),
        sa.UniqueConstraint("key", name=op.f("uq_scheduled_key")),
    )
    op.create_index(
        "ix_scheduled_due",
        "scheduled",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index(op.f("ix_scheduled_kind_id"), "scheduled", ["kind", "id"], unique=False)
    op.create_table(
        "staff_members",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
    )
    op.create_index(
        "uq_staff_members_email_lower",
        "staff_members",
        [sa.literal_column("lower(email)")],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("origin_kind", sa.String(length=20), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index(op.f("ix_stored_files_sha256"), "stored_files", ["sha256"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("unreachable_since", MOMENT, nullable=True),
        sa.Column("unreachable_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_addresses_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_channel_value"), "addresses", ["channel", "value"], unique=False)
    op.create_index(op.f("ix_addresses_person_id_channel"), "addresses", ["person_id", "channel"], unique=True)
    op.create_table(
        "batches",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_batches_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_batches")),
    )
    op.create_table(
        "chat_locks",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("active_at", MOMENT, nullable=False),
        sa.Column("locked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_chat_locks_person_id_persons")),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_chat_locks")),
    )
    op.create_index(op.f("ix_chat_locks_person_id"), "chat_locks", ["person_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("staff_id", BIG_ID, nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("had_secret", sa.Boolean(), nullable=False),
        sa.Column("thread", sa.String(length=120), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("give_up_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("taken_back_at", MOMENT, nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_deliveries_person_id_persons")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_deliveries_staff_id_staff_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "lane", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_deliveries_external_id"), "deliveries", ["external_id"], unique=False)
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["channel", "lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(op.f("ix_deliveries_person_id_id"), "deliveries", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_deliveries_settled_at"), "deliveries", ["settled_at"], unique=False)
    op.create_index(op.f("ix_deliveries_state_channel_id"), "deliveries", ["state", "channel", "id"], unique=False)
    op.create_table(
        "detail_changes",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("old", sa.String(length=300), nullable=True),
        sa.Column("new", sa.String(length=300), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("entered", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_detail_changes_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detail_changes")),
    )
    op.create_index(
        "uq_detail_changes_open",
        "detail_changes",
        ["person_id", "field"],
        unique=True,
        sqlite_where=sa.text("applied_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("applied_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("searchable", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=80), nullable=False),
        sa.Column("handler_id", BIG_ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("activity_at", MOMENT, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dossiers_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["staff_members.id"], name=op.f("fk_dossiers_handler_id_staff_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("number", name=op.f("uq_dossiers_number")),
    )
    op.create_index(op.f("ix_dossiers_account_id"), "dossiers", ["account_id"], unique=False)
    op.create_index(op.f("ix_dossiers_handler_id"), "dossiers", ["handler_id"], unique=False)
    op.create_table(
        "intake",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("album", sa.String(length=80), nullable=True),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_id", sa.String(length=12), nullable=True),
        sa.Column("reference", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_intake_file_id_stored_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_intake_source_key")),
    )
    op.create_index(op.f("ix_intake_error_id"), "intake", ["error_id"], unique=False)
    op.create_index(
        "ix_intake_open",
        "intake",
        ["channel", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'working', 'answering')"),
        postgresql_where=sa.text("state IN ('waiting', 'working', 'answering')"),
    )
    op.create_index(
        "ix_intake_open_sender",
        "intake",
        ["channel", "sender", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'working', 'answering')"),
        postgresql_where=sa.text("state IN ('waiting', 'working', 'answering')"),
    )
    op.create_index(op.f("ix_intake_state_channel_id"), "intake", ["state", "channel", "id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_invitations_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_index(op.f("ix_invitations_person_id"), "invitations", ["person_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("telegram_name", sa.String(length=200), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("welcomed_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_links_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_person_id"), "links", ["person_id"], unique=False)
    op.create_index(
        "uq_links_active_chat",
        "links",
        ["bot_id", "chat_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(
        "uq_links_active_person",
        "links",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role <> 'contract_holder' OR removed_at IS NULL", name=op.f("ck_memberships_contract_holder_stays")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_memberships_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_index(
        "uq_memberships_active",
        "memberships",
        ["account_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_memberships_contract_holder",
        "memberships",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL AND role = 'contract_holder'"),
        postgresql_where=sa.text("removed_at IS NULL AND role = 'contract_holder'"),
    )
    op.create_index(
        "uq_memberships_product_access",
        "memberships",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL AND role = 'product_access'"),
        postgresql_where=sa.text("removed_at IS NULL AND role = 'product_access'"),
    )
    op.create_table(
        "preferences",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("news", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_preferences_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", "news", "channel", name=op.f("pk_preferences")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_recovery_codes_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_reminders_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reminders")),
    )
    op.create_table(
        "step_ups",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("entered", sa.String(length=6), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("proven_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_step_ups_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_ups")),
    )
    op.create_index(
        op.f("ix_step_ups_person_id_place_proven_at"), "step_ups", ["person_id", "place", "proven_at"], unique=False
    )
    op.create_index(
        "uq_step_ups_open",
        "step_ups",
        ["person_id", "place"],
        unique=True,
        sqlite_where=sa.text("proven_at IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("proven_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "two_factors",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("drift", sa.SmallInteger(), nullable=False),
        sa.Column("idle_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("entered", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_two_factors_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_two_factors")),
    )
    op.create_table(
        "documents",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("external_key", sa.String(length=80), nullable=True),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("shelf", sa.String(length=20), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by_id", BIG_ID, nullable=True),
        sa.Column("supplied_by_id", BIG_ID, nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("expired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_documents_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_documents_file_id_stored_files")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["staff_members.id"], name=op.f("fk_documents_published_by_id_staff_members")
        ),
        sa.ForeignKeyConstraint(["supplied_by_id"], ["persons.id"], name=op.f("fk_documents_supplied_by_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("external_key", name=op.f("uq_documents_external_key")),
    )
    op.create_index(op.f("ix_documents_dossier_id_shelf_id"), "documents", ["dossier_id", "shelf", "id"], unique=False)
    op.create_index(
        "ix_documents_expiring",
        "documents",
        ["expires_on", "id"],
        unique=False,
        sqlite_where=sa.text("expires_on IS NOT NULL AND expired_at IS NULL"),
        postgresql_where=sa.text("expires_on IS NOT NULL AND expired_at IS NULL"),
    )
    op.create_table(
        "linkings",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", MOMENT, nullable=True),
        sa.Column("code_expires_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("entered", sa.String(length=6), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_linkings_tries")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_linkings_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_linkings_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkings")),
    )
    op.create_index(op.f("ix_linkings_person_id"), "linkings", ["person_id"], unique=False)
    op.create_index(
        "uq_linkings_open_chat",
        "linkings",
        ["bot_id", "chat_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "messages",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("staff_id", BIG_ID, nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cut", sa.Text(), nullable=False),
        sa.Column("reply_to_id", BIG_ID, nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("email_message_id", sa.String(length=500), nullable=True),
        sa.Column("raw_file_id", BIG_ID, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("after_closing", sa.Boolean(), nullable=False),
        sa.Column("refused_files", JSON, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_messages_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_messages_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["raw_file_id"], ["stored_files.id"], name=op.f("fk_messages_raw_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(["reply_to_id"], ["messages.id"], name=op.f("fk_messages_reply_to_id_messages")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_messages_staff_id_staff_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("source", name=op.f("uq_messages_source")),
    )
    op.create_index(op.f("ix_messages_dossier_id_id"), "messages", ["dossier_id", "id"], unique=False)
    op.create_index(
        op.f("ix_messages_dossier_id_person_id_id"), "messages", ["dossier_id", "person_id", "id"], unique=False
    )
    op.create_index(op.f("ix_messages_email_message_id"), "messages", ["email_message_id"], unique=False)
    op.create_index(op.f("ix_messages_thread_id"), "messages", ["thread_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_notes_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_notes_staff_id_staff_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("source", name=op.f("uq_notes_source")),
    )
    op.create_index(op.f("ix_notes_dossier_id_id"), "notes", ["dossier_id", "id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("thread", sa.String(length=120), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_notifications_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("key", name=op.f("uq_notifications_key")),
    )
    op.create_index(op.f("ix_notifications_delivery_id"), "notifications", ["delivery_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("status", sa.String(length=80), nullable=False),
        sa.Column("searchable", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("activity_at", MOMENT, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("new_documents", sa.Boolean(), nullable=False),
        sa.Column("new_messages", sa.Boolean(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_participants_account_id_accounts")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_participants_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_participants_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    op.create_index(
        "ix_participants_asked",
        "participants",
        ["person_id", "dossier_id", "account_id", "removed_at"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL AND asked = 1"),
        postgresql_where=sa.text("removed_at IS NULL AND asked"),
    )
    op.create_index(op.f("ix_participants_dossier_id"), "participants", ["dossier_id"], unique=False)
    op.create_index(
        "ix_participants_new",
        "participants",
        ["person_id", "dossier_id", "account_id", "new_documents", "new_messages", "removed_at"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL AND (new_documents = 1 OR new_messages = 1)"),
        postgresql_where=sa.text("removed_at IS NULL AND (new_documents OR new_messages)"),
    )
    op.create_index(
        "ix_participants_newest",
        "participants",
        ["person_id", "activity_at", "dossier_id", "account_id", "status", "searchable", "removed_at"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_participants_statuses",
        "participants",
        ["person_id", "status", "account_id", "removed_at"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_participants_active",
        "participants",
        ["person_id", "dossier_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "progress_steps",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_progress_steps_dossier_id_dossiers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_steps")),
    )
    op.create_index(
        op.f("ix_progress_steps_dossier_id_position"), "progress_steps", ["dossier_id", "position"], unique=True
    )
    op.create_table(
        "quarantined",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("intake_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("claimed_from", sa.String(length=254), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG_ID, nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff_members.id"], name=op.f("fk_quarantined_decided_by_id_staff_members")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_quarantined_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_quarantined_intake_id_intake")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_quarantined_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("intake_id", name=op.f("uq_quarantined_intake_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("item_kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_receipts_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_receipts_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", "item_kind", "item_id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_dossier_id_person_id"), "receipts", ["dossier_id", "person_id"], unique=False)
    op.create_table(
        "seen_mails",
        sa.Column("identity", sa.String(length=300), nullable=False),
        sa.Column("intake_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_seen_mails_intake_id_intake")),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_seen_mails")),
    )
    op.create_table(
        "upload_requests",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("explanation", sa.String(length=2000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", BIG_ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff_members.id"], name=op.f("fk_upload_requests_asked_by_id_staff_members")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_upload_requests_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_upload_requests_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_requests")),
    )
    op.create_index(
        op.f("ix_upload_requests_dossier_id_state_id"), "upload_requests", ["dossier_id", "state", "id"], unique=False
    )
    op.create_index(op.f("ix_upload_requests_state_id"), "upload_requests", ["state", "id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_attachments_file_id_stored_files")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_message_id_position"), "attachments", ["message_id", "position"], unique=True)
    op.create_table(
        "drafts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=True),
        sa.Column("reply_to_id", BIG_ID, nullable=True),
        sa.Column("upload_request_id", BIG_ID, nullable=True),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_drafts_dossier_id_dossiers")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_drafts_message_id_messages")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_drafts_person_id_persons")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["messages.id"], name=op.f("fk_drafts_reply_to_id_messages")),
        sa.ForeignKeyConstraint(
            ["upload_request_id"], ["upload_requests.id"], name=op.f("fk_drafts_upload_request_id_upload_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(
        "uq_drafts_open",
        "drafts",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "message_versions",
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cut", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_versions_message_id_messages")),
        sa.PrimaryKeyConstraint("message_id", "number", name=op.f("pk_message_versions")),
    )
    op.create_table(
        "supplied_files",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("document_id", BIG_ID, nullable=False),
        sa.Column("supplied_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff_members.id"], name=op.f("fk_supplied_files_decided_by_id_staff_members")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_supplied_files_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["upload_requests.id"], name=op.f("fk_supplied_files_request_id_upload_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplied_files")),
        sa.UniqueConstraint("document_id", name=op.f("uq_supplied_files_document_id")),
    )
    op.create_index(op.f("ix_supplied_files_request_id"), "supplied_files", ["request_id"], unique=False)
    op.create_table(
        "draft_attachments",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("draft_id", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_attachments_draft_id_drafts")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_draft_attachments_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_attachments")),
    )
    op.create_index(
        op.f("ix_draft_attachments_draft_id_source"), "draft_attachments", ["draft_id", "source"], unique=True
    )
    op.create_table(
        "draft_parts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("draft_id", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_parts_draft_id_drafts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_parts")),
    )
    op.create_index(op.f("ix_draft_parts_draft_id_source"), "draft_parts", ["draft_id", "source"], unique=True)
    op.create_index(op.f("ix_draft_parts_source"), "draft_parts", ["source"], unique=False)
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Back again."""
    op.drop_table("draft_parts")
    op.drop_table("draft_attachments")
    op.drop_table("supplied_files")
    op.drop_table("message_versions")
    op.drop_table("drafts")
    op.drop_table("attachments")
    op.drop_table("upload_requests")
    op.drop_table("seen_mails")
    op.drop_table("receipts")
    op.drop_table("quarantined")
    op.drop_table("progress_steps")
    op.drop_table("participants")
    op.drop_table("notifications")
    op.drop_table("notes")
    op.drop_table("messages")
    op.drop_table("linkings")
    op.drop_table("documents")
    op.drop_table("two_factors")
    op.drop_table("step_ups")
    op.drop_table("reminders")
    op.drop_table("recovery_codes")
    op.drop_table("preferences")
    op.drop_table("memberships")
    op.drop_table("links")
    op.drop_table("invitations")
    op.drop_table("intake")
    op.drop_table("dossiers")
    op.drop_table("detail_changes")
    op.drop_table("deliveries")
    op.drop_table("chat_locks")
    op.drop_table("batches")
    op.drop_table("addresses")
    op.drop_table("stored_files")
    op.drop_table("staff_members")
    op.drop_table("scheduled")
    op.drop_table("reservations")
    op.drop_table("persons")
    op.drop_table("leases")
    op.drop_table("guesses")
    op.drop_table("feed_lines")
    op.drop_table("chats")
    op.drop_table("audit_entries")
    op.drop_table("accounts")
    for statement in LEFT_BEHIND[op.get_bind().dialect.name]:
        op.execute(statement)
