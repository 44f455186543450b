"""TEAM-1: the table as the rules print it, read back cell by cell, for every role and act."""

import pytest

from core.accounts.models import Role
from core.accounts.permissions import TABLE, Permission, Scope, may, tightened
from core.errors import Misconfigured

RULES = """
own details, language, 2-step, notifications | yes | yes | yes | yes | yes
dossiers one is a participant of: read, write, supply, answer questionnaires | yes | yes | yes | yes | –
ask the office about the account | yes | yes | yes | yes | their product only
see the company's details | yes | yes | yes | yes | –
change the company's contact and billing details | yes | yes | yes | – | –
see invoices, request a change of one | yes | yes | yes | – | –
see plan and products | yes | yes | yes | yes | their product only
order, change, stop products and plan | yes | yes | yes | – | –
own usage and own thresholds; send receipts | yes | yes | yes | yes | their product only
members' usage and thresholds | yes | yes | yes | – | –
see, invite, change and remove members | yes | yes | yes | – | –
sign contract and general terms | yes | yes | – | – | –
name a main administrator (framework agreement only) | – | yes | – | – | –
change or remove the contract holder | – | – | – | – | –
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in RULES.strip().splitlines()]
CELLS = [
    (permission, role, cell)
    for permission, row in zip(Permission, ROWS, strict=True)
    for role, cell in zip(Role, row[1:], strict=True)
]


@pytest.mark.parametrize(("permission", "role", "cell"), CELLS)
def test_each_cell_is_as_the_rules_say(permission: Permission, role: Role, cell: str) -> None:
    assert may(role, permission) is (cell == "yes")
    assert may(role, permission, own_product=True) is (cell in {"yes", "their product only"})


def test_the_table_names_every_act_and_role() -> None:
    assert list(TABLE) == list(Permission)
    assert all(list(cells) == list(Role) for cells in TABLE.values())


def test_a_contract_holder_may_do_all_an_administrator_may() -> None:
    """TEAM-2."""
    assert all(may(Role.CONTRACT_HOLDER, act) for act in Permission if may(Role.ADMINISTRATOR, act))


def test_an_office_may_take_a_permission_away() -> None:
    own = tightened(
        {
            Permission.INVOICES: {Role.ADMINISTRATOR: Scope.NO},
            Permission.SEE_PRODUCTS: {Role.USER: Scope.OWN_PRODUCT},
        }
    )
    assert not may(Role.ADMINISTRATOR, Permission.INVOICES, table=own)
    assert may(Role.CONTRACT_HOLDER, Permission.INVOICES, table=own)
    assert not may(Role.USER, Permission.SEE_PRODUCTS, table=own)
    assert may(Role.USER, Permission.SEE_PRODUCTS, own_product=True, table=own)
    assert may(Role.ADMINISTRATOR, Permission.INVOICES)


@pytest.mark.parametrize(("permission", "role", "cell"), [cell for cell in CELLS if cell[2] != "yes"])
def test_an_office_can_never_add_one(permission: Permission, role: Role, cell: str) -> None:
    with pytest.raises(Misconfigured, match=permission):
        tightened({permission: {role: Scope.YES}})
    if cell == "–":
        with pytest.raises(Misconfigured, match=permission):
            tightened({permission: {role: Scope.OWN_PRODUCT}})


def test_what_an_office_took_away_stays_away() -> None:
    own = tightened({Permission.INVOICES: {Role.ADMINISTRATOR: Scope.NO}})
    with pytest.raises(Misconfigured):
        tightened({Permission.INVOICES: {Role.ADMINISTRATOR: Scope.YES}}, table=own)
