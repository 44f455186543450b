"""`make rules`: each rule of docs/rules.md, and how many tests carry its mark."""

import ast
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULE = re.compile(r"^\| ([A-Z]+-\d+) \|", re.MULTILINE)


def known_rules() -> list[str]:
    """The ids in docs/rules.md, in its order."""
    return RULE.findall((ROOT / "docs" / "rules.md").read_text(encoding="utf-8"))


def marked_rules() -> Counter[str]:
    """How many test functions carry the mark of each rule."""
    counts: Counter[str] = Counter()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                counts.update({rule for decorator in node.decorator_list for rule in _rules_of(decorator)})
    return counts


def _rules_of(decorator: ast.expr) -> list[str]:
    if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule"):
        return []
    return [argument.value for argument in decorator.args if isinstance(argument, ast.Constant)]


def main() -> int:
    """A line a rule, and the sum; 1 when a test names a rule that doesn't exist."""
    rules, counts = known_rules(), marked_rules()
    for rule in rules:
        print(f"{rule} covered {counts[rule]}" if counts[rule] else f"{rule} open")
    print(f"rules covered: {sum(1 for rule in rules if counts[rule])} of {len(rules)}")
    unknown = sorted(set(counts) - set(rules))
    if unknown:
        print(f"marked in tests but not in docs/rules.md: {', '.join(unknown)}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
