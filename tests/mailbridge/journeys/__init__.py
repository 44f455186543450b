"""Whole stories by mail: real IMAP and SMTP, the real mailbox, handler and workers, and what people then see."""
