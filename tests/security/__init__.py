"""What an attacker would try, and what came of it: each test is a finding that was mended."""
