"""The mailbox over real IMAP: taking in, moving, and surviving what servers do."""
