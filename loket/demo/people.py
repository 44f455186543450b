"""Who lives in the try-out: the customers with their phones and mailboxes, and the handler with a mailbox."""

from dataclasses import dataclass

from loket.demo.office import BOT, DOMAIN, PORTAL, PORTAL_PASSWORD, TOKEN
from sandbox.world import PersonCard, World


@dataclass(frozen=True, slots=True)
class Customer:
    """A person of the sample with a telephone."""

    first_name: str
    last_name: str
    username: str
    language: str
    mobile: str
    email: str
    role: dict[str, str]


CUSTOMERS = (
    Customer(
        "Anna",
        "Jansen",
        "annajansen",
        "nl",
        "+31612345678",
        "anna@post.example",
        {"nl": "koopt een huis", "en": "buys a house"},
    ),
    Customer(
        "Tom",
        "Baker",
        "tombaker",
        "en",
        "+31687654321",
        "tom@baker.example",
        {"nl": "maakt een testament", "en": "makes a will"},
    ),
    Customer(
        "Pieter",
        "Smit",
        "pietersmit",
        "nl",
        "+31655555555",
        "pieter@bakkerijsmit.example",
        {"nl": "heeft een bakkerij", "en": "has a bakery"},
    ),
)
HANDLER = ("Eva de Vries", f"eva@{DOMAIN}")


def settle(world: World) -> None:
    """Give everyone their phone and mailbox; the same ones at every start."""
    world.telegram.add_bot(token=TOKEN, username=BOT, name="De Linde")
    world.bot_username = BOT
    world.mail.add_mailbox(PORTAL, PORTAL_PASSWORD, aliases=[f"r@{DOMAIN}", f"b@{DOMAIN}"], catch_plus=True)
    world.mail.add_mailbox(HANDLER[1], "eva-proef")
    handler = PersonCard(HANDLER[0], {"nl": "behandelaar", "en": "handler"}, None, HANDLER[1])
    first, *others = (_card(world, customer) for customer in CUSTOMERS)
    world.people = [first, handler, *others]


def _card(world: World, customer: Customer) -> PersonCard:
    phone = world.telegram.add_phone(
        first_name=customer.first_name,
        last_name=customer.last_name,
        username=customer.username,
        language_code=customer.language,
        phone_number=customer.mobile,
    )
    world.mail.add_mailbox(customer.email, f"{customer.username}-proef")
    return PersonCard(f"{customer.first_name} {customer.last_name}", customer.role, phone, customer.email)
