"""The try-out (OPS-4): a sample office, its customers, and the product running for them in the sandbox's world.

Not here: the world itself (sandbox) and the product (everything else); this only brings the two together.
"""
