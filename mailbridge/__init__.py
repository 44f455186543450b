"""The email bridge: mails in, mails out.

Here live the mailbox, the reading of mails, the rules that decide what a mail is, the way to its dossier, and the
composing and sending of answers. What a message or a dossier *is* lives in `core`; Telegram in `bot`.
"""
