"""A customer's chat, one file a subject: what a tap, a text or a file does, in one transaction, without network.

Every function takes a `Visit` (a linked person) or a `Knock` (a chat that isn't linked) and returns answers as values.
Not here: how things look (screens), what is allowed (core).
"""
