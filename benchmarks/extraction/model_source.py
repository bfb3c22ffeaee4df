"""Boosted trees -> the source of a Python module that needs no library. Knows nothing of pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_HEAD = '''"""Weights of the body reader: boosted trees as nested conditions. Not for editing.

Written by benchmarks/extraction/train.py.

`PASSES` holds for each pass the groups of trees in order; a group takes the features it is called with by position and
gives its share of the score. `EXITS` are the scores beyond which a block is decided after each group but the last.
"""

# mypy: ignore-errors
# ruff: noqa

from collections.abc import Callable
'''


def model_source(passes: Sequence[dict[str, Any]], groups: Sequence[int], constants: dict[str, object]) -> str:
    """The module's source for LightGBM dumps (`Booster.dump_model()`).

    `groups` are the numbers of trees in the first functions of each pass; one more function holds the rest.
    """
    lines = [_HEAD]
    names: list[list[str]] = []
    for number, dump in enumerate(passes, 1):
        trees = [t["tree_structure"] for t in dump["tree_info"]]
        arguments = ",".join(f"f{i}" for i in range(dump["max_feature_idx"] + 1))
        start = 0
        names.append([])
        for part, size in enumerate([*groups, len(trees)]):
            chosen = trees[start : start + size]
            start += size
            if not chosen:
                break
            name = f"_pass{number}_{part}"
            names[-1].append(name)
            lines.append(f"\ndef {name}({arguments}):\n s=0.0")
            lines += [_statement(tree, 1) for tree in chosen]
            lines.append(" return s\n")
    lines.append(
        "\nPASSES: tuple[tuple[Callable[..., float], ...], ...] = ("
        + "".join(f"({', '.join(n)},), " for n in names)
        + ")"
    )
    lines += [f"{name} = {value!r}" for name, value in constants.items()]
    return "\n".join(lines) + "\n"


def _statement(tree: dict[str, Any], depth: int) -> str:
    return f"{' ' * depth}s+={_expression(tree)}"


def _expression(node: dict[str, Any]) -> str:
    if "leaf_value" in node:
        return _number(node["leaf_value"])
    left, right = _expression(node["left_child"]), _expression(node["right_child"])
    if node["decision_type"] != "<=":
        raise ValueError(f"categorical split on feature {node['split_feature']}: only numbers are written")
    if "leaf_value" in node["right_child"] or len(right) <= len(left):
        return f"({right} if f{node['split_feature']}>{_number(node['threshold'])} else {left})"
    return f"({left} if f{node['split_feature']}<={_number(node['threshold'])} else {right})"


def _number(value: float) -> str:
    """Short: four significant digits decide no differently."""
    text = f"{value:.4g}"
    return text.replace("e-0", "e-").replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
