"""Boosted trees -> the source of a Python module that needs no library. Knows nothing of pages."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from itertools import islice
from typing import Any

_HEAD = '''"""Weights of the body reader: boosted trees as nested conditions. Not for editing.

Written by benchmarks/extraction/train.py.

`STAGES` holds for each stage (early, first pass, second pass) the groups of trees in order; a group takes the features
it is called with by position and gives its share of the score. `EXITS` are the scores beyond which a block is decided
after each group.
"""

# mypy: ignore-errors
# ruff: noqa

from collections.abc import Callable
'''


def model_source(
    stages: Sequence[dict[str, Any]],
    groups: Sequence[Sequence[int]],
    constants: dict[str, object],
    whole: Set[str],
) -> str:
    """The module's source for LightGBM dumps (`Booster.dump_model()`).

    `groups` are for each stage the numbers of trees in its functions. `whole` names the features that are integers:
    they are compared with integers.
    """
    lines = [_HEAD]
    names: list[list[str]] = []
    for number, (dump, sizes) in enumerate(zip(stages, groups, strict=True)):
        trees = iter(dump["tree_info"])
        is_whole = [name in whole for name in dump["feature_names"]]
        arguments = ",".join(f"f{i}" for i in range(dump["max_feature_idx"] + 1))
        names.append([])
        for part, size in enumerate(sizes):
            name = f"_stage{number}_{part}"
            names[-1].append(name)
            lines.append(f"\ndef {name}({arguments}):\n s=0.0")
            lines += [_statement(tree["tree_structure"], is_whole) for tree in islice(trees, size)]
            lines.append(" return s\n")
    lines.append(
        "\nSTAGES: tuple[tuple[Callable[..., float], ...], ...] = ("
        + "".join(f"({', '.join(n)},), " for n in names)
        + ")"
    )
    lines += [f"{name} = {value!r}" for name, value in constants.items()]
    return "\n".join(lines) + "\n"


def _statement(tree: dict[str, Any], is_whole: Sequence[bool]) -> str:
    return f" s+={_expression(tree, is_whole)}"


def _expression(node: dict[str, Any], is_whole: Sequence[bool]) -> str:
    if "leaf_value" in node:
        return _number(node["leaf_value"])
    left, right = (_expression(node[side], is_whole) for side in ("left_child", "right_child"))
    if node["decision_type"] != "<=":
        raise ValueError(f"categorical split on feature {node['split_feature']}: only numbers are written")
    feature = node["split_feature"]
    threshold = str(math.floor(node["threshold"])) if is_whole[feature] else _number(node["threshold"])
    if "leaf_value" in node["right_child"] or len(right) <= len(left):
        return f"({right} if f{feature}>{threshold} else {left})"
    return f"({left} if f{feature}<={threshold} else {right})"


def _number(value: float) -> str:
    """Short: four significant digits decide no differently. Always of the type float."""
    text = f"{value:.4g}"
    if text.lstrip("-").isdigit():
        return f"{text}."
    return text.replace("e-0", "e-").replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
