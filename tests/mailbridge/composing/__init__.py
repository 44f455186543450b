"""Mails as values: what a reader sees, what their client threads by, and the addresses they answer to."""
