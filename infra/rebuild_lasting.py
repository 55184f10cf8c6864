"""Which rows last: a change of columns that later rows of the same page overwrite before anything reads them does not.

A case's row has its version changed by each of its facts; only the last of a page's is ever seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.stored import Row
from infra.row_shapes import Shape

_NOTHING: frozenset[str] = frozenset()


def lasting(rows: Sequence[Row], shapes: Mapping[str, Shape | None]) -> list[Row]:
    """These rows, in their order, less those without which the tables come out the same. `shapes`: by statement."""
    kept: list[Row] = []
    # By table and by what parts its rows: columns that rows further on give a value, whatever it was.
    given: defaultdict[str, dict[Any, frozenset[str]]] = defaultdict(dict)
    for row in reversed(rows):
        shape = shapes[row.statement]
        if shape is None:
            given.clear()
            kept.append(row)
            continue
        args, key, own = row.args, shape.key, given[shape.table]
        if key is None:
            own.clear()
        else:
            token = args[key[0]] if len(key) == 1 else tuple([args[at] for at in key])
            if not shape.sets:
                own.pop(token, None)
            else:
                later = own.get(token, _NOTHING)
                if shape.sets <= later:
                    continue
                own[token] = (later | shape.sets) - shape.uses
        for table, at in shape.reads:
            if at is None:
                given[table].clear()
            else:
                given[table].pop(args[at], None)
        kept.append(row)
    kept.reverse()
    return kept
