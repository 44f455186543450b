"""What each role may do (TEAM-1): one table of data, and an office's own, which can only be tighter."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from core.accounts.models import Role
from core.errors import Misconfigured


class Permission(StrEnum):
    """The acts of TEAM-1, in the order of its table."""

    OWN_DETAILS = "own_details"
    DOSSIERS = "dossiers"
    ASK_OFFICE = "ask_office"
    SEE_COMPANY = "see_company"
    CHANGE_COMPANY = "change_company"
    INVOICES = "invoices"
    SEE_PRODUCTS = "see_products"
    ORDER_PRODUCTS = "order_products"
    OWN_USAGE = "own_usage"
    MEMBERS_USAGE = "members_usage"
    MANAGE_MEMBERS = "manage_members"
    SIGN_CONTRACT = "sign_contract"
    NAME_MAIN_ADMINISTRATOR = "name_main_administrator"
    CHANGE_CONTRACT_HOLDER = "change_contract_holder"


class Scope(StrEnum):
    """How far a permission reaches."""

    YES = "yes"
    OWN_PRODUCT = "own_product"
    NO = "no"


Table = Mapping[Permission, Mapping[Role, Scope]]

_WIDTH = {Scope.NO: 0, Scope.OWN_PRODUCT: 1, Scope.YES: 2}
_CELL = {"y": Scope.YES, "p": Scope.OWN_PRODUCT, "-": Scope.NO}


def _row(cells: str) -> Mapping[Role, Scope]:
    return MappingProxyType({role: _CELL[cell] for role, cell in zip(Role, cells.split(), strict=True)})


TABLE: Table = MappingProxyType(
    {  # columns: contract holder, main administrator, administrator, user, product access
        Permission.OWN_DETAILS: _row("y y y y y"),
        Permission.DOSSIERS: _row("y y y y -"),
        Permission.ASK_OFFICE: _row("y y y y p"),
        Permission.SEE_COMPANY: _row("y y y y -"),
        Permission.CHANGE_COMPANY: _row("y y y - -"),
        Permission.INVOICES: _row("y y y - -"),
        Permission.SEE_PRODUCTS: _row("y y y y p"),
        Permission.ORDER_PRODUCTS: _row("y y y - -"),
        Permission.OWN_USAGE: _row("y y y y p"),
        Permission.MEMBERS_USAGE: _row("y y y - -"),
        Permission.MANAGE_MEMBERS: _row("y y y - -"),
        Permission.SIGN_CONTRACT: _row("y y - - -"),
        Permission.NAME_MAIN_ADMINISTRATOR: _row("- y - - -"),
        Permission.CHANGE_CONTRACT_HOLDER: _row("- - - - -"),
    }
)
"""TEAM-1 as it stands in the rules: y yes, p their own product only, - no."""


def may(role: Role, permission: Permission, *, own_product: bool = False, table: Table = TABLE) -> bool:
    """Whether `role` may do this act; `own_product` says that it concerns the product that the person has access to."""
    match table[permission][role]:
        case Scope.YES:
            return True
        case Scope.OWN_PRODUCT:
            return own_product
        case Scope.NO:
            return False


def tightened(changes: Table, *, table: Table = TABLE) -> Table:
    """`table` with an office's own cells. Raises Misconfigured for a cell that would allow more than the rules do."""
    for permission, cells in changes.items():
        for role, scope in cells.items():
            if _WIDTH[scope] > _WIDTH[table[permission][role]]:
                raise Misconfigured(
                    f"permissions: {permission} for {role} is {table[permission][role]} and can't become {scope}; "
                    "an office may take permissions away, never add them"
                )
    rows = {permission: {**table[permission], **changes.get(permission, {})} for permission in table}
    return MappingProxyType({permission: MappingProxyType(cells) for permission, cells in rows.items()})
