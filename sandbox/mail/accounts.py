"""Who has a mailbox here, and to whom an address belongs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.mail.faults import MailFaults
from sandbox.mail.folders import Folders


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox: its address, its password, the other addresses it owns, and whether `name+anything@` is one too.

    `tokens` are the access tokens that open it now (XOAUTH2).
    """

    address: str
    password: str
    aliases: tuple[str, ...]
    catch_plus: bool
    folders: Folders
    tokens: set[str] = field(default_factory=set, repr=False)

    def owns(self, address: str) -> bool:
        local, _, domain = address.lower().partition("@")
        base = local.partition("+")[0] if self.catch_plus else local
        return any(own in (address.lower(), f"{base}@{domain}") for own in (self.address, *self.aliases))


class Accounts:
    """All mailboxes of the server. Addresses are compared without regard to case."""

    def __init__(self, faults: MailFaults) -> None:
        self.faults = faults
        self._by_address: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_address.values())

    def put(self, account: Account) -> None:
        self._by_address[account.address] = account

    def named(self, address: str) -> Account | None:
        """The account that logs in under this address."""
        return self._by_address.get(address.lower())

    def owner_of(self, address: str) -> Account | None:
        """The account that gets mail for this address: its own first, then aliases and `+` details."""
        exact = self.named(address)
        return exact or next((account for account in self if account.owns(address)), None)

    def serves(self, domain: str) -> bool:
        return any(account.address.endswith("@" + domain.lower()) for account in self)
