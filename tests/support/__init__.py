"""What tests and benchmarks stand on: throw-away databases, waiting for a condition. Nothing of the product lives here."""
