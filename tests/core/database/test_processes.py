"""Who holds a lease, and whether that process is gone."""

import pytest

from core.database import processes


@pytest.mark.parametrize("role", ["poller", "mailbox:portaal@kantoor.example", "a@b@c", "x" * 60])
def test_a_holder_that_lives_is_not_dead_whatever_its_role(role: str) -> None:
    holder = processes.identity(role)
    assert len(holder) <= 60
    assert not processes.is_dead(holder)


@pytest.mark.parametrize("role", ["poller", "mailbox:portaal@kantoor.example"])
def test_a_holder_whose_process_is_gone_is_dead_whatever_its_role(role: str, dead_pid: int) -> None:
    place, _, rest = processes.identity(role).rpartition("@")
    where, _, nonce = rest.split(":")
    assert processes.is_dead(f"{place}@{where}:{dead_pid}:{nonce}")
