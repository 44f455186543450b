"""Who may see a dossier (DOS-7, STAFF-5, TEAM-7), as one condition for every query.

A person: an active participant, unless their role in the dossier's account may not see dossiers (product access). A handler:
the dossiers that are theirs. A manager or administrator of the office, and the office itself: all. The tables that decide are
aliased, so that a query around them may join the same tables for something else.
"""

from collections.abc import Callable
from functools import cache
from typing import assert_never

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from core.accounts import permissions
from core.accounts.models import Membership, Role
from core.accounts.permissions import Permission, Scope
from core.actor import ActorKind
from core.dossiers.models import Dossier, Participant
from core.staff.models import StaffMember, StaffRole

SEE_ALL = (StaffRole.MANAGER, StaffRole.ADMINISTRATOR)
"""Staff who see every dossier."""

KEPT_OUT = tuple(role for role in Role if permissions.TABLE[Permission.DOSSIERS][role] is not Scope.YES)
"""Roles that see no dossier of their account, whoever made them a participant."""


READER = "reader_id"
"""The parameter by which a statement that holds `visible_to` is given the id of who looks."""


ACCOUNT = "account_id"
"""The parameter by which a statement that holds `kept_out_of_account` is given the account of the dossier."""


@cache
def visible_to(kind: ActorKind) -> ColumnElement[bool]:
    """The condition on `Dossier` that an actor of this kind, whose id is the parameter `READER`, may see it: for a query that
    begins at what the actor sees.

    Made once: statements that hold it are made once, too, because making one costs more than running it.
    """
    return _condition(kind, _visible_to_person)


@cache
def may_see(kind: ActorKind) -> ColumnElement[bool]:
    """The same for a query that begins at one dossier: costs a look-up, however many dossiers the actor sees."""
    return _condition(kind, _seen_by_person)


def _condition(kind: ActorKind, person: Callable[[], ColumnElement[bool]]) -> ColumnElement[bool]:
    match kind:
        case ActorKind.PERSON:
            return person()
        case ActorKind.STAFF:
            member = aliased(StaffMember)
            mine = or_(member.role.in_(SEE_ALL), Dossier.handler_id == bindparam(READER))
            return exists().where(member.id == bindparam(READER), member.removed_at.is_(None), mine)
        case ActorKind.OFFICE:
            return true()
    assert_never(kind)


def _visible_to_person() -> ColumnElement[bool]:
    """Both lists are as long as what this person has, so it costs that, not what the office has."""
    participant = aliased(Participant)
    taking_part = select(participant.dossier_id).where(
        participant.person_id == bindparam(READER), participant.removed_at.is_(None)
    )
    return and_(Dossier.id.in_(taking_part), Dossier.account_id.not_in(_kept_out()))


def _seen_by_person() -> ColumnElement[bool]:
    participant = aliased(Participant)
    taking_part = exists().where(
        participant.person_id == bindparam(READER),
        participant.dossier_id == Dossier.id,
        participant.removed_at.is_(None),
    )
    return and_(taking_part, Dossier.account_id.not_in(_kept_out()))


def taking_part() -> ColumnElement[bool]:
    """The condition on `Participant` that it is the reader's and holds, whatever their role."""
    return and_(Participant.person_id == bindparam(READER), Participant.removed_at.is_(None))


def seen_as_participant() -> ColumnElement[bool]:
    """The condition on `Participant` that it is the reader's and lets them see the dossier."""
    return and_(taking_part(), Participant.account_id.not_in(_kept_out()))


def seen_in_all() -> ColumnElement[int]:
    """How many dossiers the reader, a person, sees. Nearly nobody is kept out of an account: then an index is only counted."""
    mine = select(func.count()).select_from(Participant)
    every, some = mine.where(taking_part()), mine.where(seen_as_participant())
    return case((_kept_out().exists(), some.scalar_subquery()), else_=every.scalar_subquery())


def _kept_out() -> Select[int]:
    """The accounts whose dossiers the reader doesn't see; nearly always none."""
    membership = aliased(Membership)
    return select(membership.account_id).where(
        membership.person_id == bindparam(READER), membership.removed_at.is_(None), membership.role.in_(KEPT_OUT)
    )


def kept_out_of_account(account: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    """The condition on `Participant` that the person's role in the account keeps them out all the same.

    The account is a column of the query around it, else the parameter `ACCOUNT`.
    """
    membership = aliased(Membership)
    return exists().where(
        membership.account_id == (bindparam(ACCOUNT) if account is None else account),
        membership.person_id == Participant.person_id,
        membership.removed_at.is_(None),
        membership.role.in_(KEPT_OUT),
    )
