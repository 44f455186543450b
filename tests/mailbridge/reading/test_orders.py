"""The first lines of a staff member's mail, however many there are."""

import time

import pytest

from mailbridge.instructing import Order, orders_of


@pytest.mark.parametrize(("line", "count"), [("#intern\n", 100_000), ("\n", 1)])
def test_orders_without_end_cost_nothing(line: str, count: int) -> None:
    began = time.process_time()
    orders = orders_of("#intern\n" + line * 100_000 + "Alleen voor ons")
    assert time.process_time() - began < 5
    assert orders is not None
    assert orders.text == "Alleen voor ons"
    assert [order for order, _ in orders.given].count(Order.NOTE) == (count + 1 if line.strip() else 1)
