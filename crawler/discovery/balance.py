"""XML whose tags do not match -> XML whose tags do. Moves no text; knows no vocabulary.

Feeds carry HTML that nobody escaped. A parser that recovers closes whatever is open at a `</description>` that finds a
`<br>` still open, and loses the rest of the item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

# Most tags of a document that is balanced. 200 articles in full have some 20,000; a trap of millions goes to the parser
# as it is, which has limits of its own.
MOST_TAGS = 400_000

_TOKEN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z_][\w:.-]*+)(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)>"
    r"|<(?![A-Za-z_/!?])",
    re.DOTALL,
)


def balance(text: str) -> str:
    """Return `text` with every end tag at its start tag's level: missing ends added, ends without a start removed.

    A bare `<` before anything but a name becomes `&lt;`. What is still open at the end stays open. Time is linear; a
    text of more than MOST_TAGS tags is returned as it is.

    >>> balance("<item><p>rain<br>falls</item></p>3 < 5")
    '<item><p>rain<br>falls</br></p></item>3 &lt; 5'
    """
    return text if text.count("<") > MOST_TAGS else "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    open_names: list[str] = []
    count: Counter[str] = Counter()
    place = 0
    for token in _TOKEN.finditer(text):
        yield text[place : token.start()]
        place = token.end()
        name = token["name"]
        if name is None:
            yield "&lt;" if token[0] == "<" else token[0]
        elif not token["end"]:
            yield token[0]
            if not token["rest"].endswith("/"):
                open_names.append(name)
                count[name] += 1
        elif count[name]:
            while True:
                last = open_names.pop()
                count[last] -= 1
                yield f"</{last}>"
                if last == name:
                    break
    yield text[place:]
