"""Texts for tests of near-duplicates: long enough to be judged, and what other sites make of them. Our own texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler.articles.article import Article
from tests.storage.stories import article

LONG = (
    "Ferry crews on Lake Orlo began a three-day strike on Monday over night shifts, and 12 of the 15 boats stayed in "
    "port. The union, led by Marta Quill, says its members have worked 11 hours a night since June.\n\n"
    "The company Orlo Lines answered that it had offered 7 percent more pay in September. Its director Henk Vosper "
    "called the walkout a surprise and asked the harbour office in Lund Bay to open the old bridge for lorries.\n\n"
    "Passengers were taken across by 4 fishing boats. Talks go on at the town hall on Wednesday at 10:30.",
    "A greenhouse in the hills above Saint Odo has grown 900 kilos of bananas through its first winter with heat from "
    "a bakery next door. The gardener Paula Wren heats 350 square metres with the air of two ovens.\n\n"
    "The bakery of the brothers Tomas and Emil Kerr had sent the warm air into the sky for 22 years. A pipe of 40 "
    "metres now carries it over the wall, and the plants stand at 19 degrees even when it snows.\n\n"
    "The first fruit was sold at the Friday market within an hour, at twice the price of the imported ones.",
    "Surveyors have found the lost railway station of Upper Marn under four metres of sand, 61 years after a storm "
    "buried it. Its clock had stopped at 5:48 in the afternoon.\n\n"
    "The team of the geographer Ilse Brandt used a radar on a sledge drawn by 2 ponies. The platform is 80 metres "
    "long, and a goods wagon with 14 crates of tiles still stands there.\n\n"
    "The county of Marn wants to dig out the hall by spring and show it to visitors; the tiles go to the museum.",
)
LEAD = "Our reporters have looked into the matter and asked around in the neighbourhood before the weekend began."


def long_article(path: str = "/1-ferries/", body: str = LONG[0], **fields: Any) -> Article:
    """An article that is long enough to be judged by its likeness."""
    return article(path, body, lead=None, **fields)


def wire_copy(original: Article, path: str = "/9-copy/", **fields: Any) -> Article:
    """The same story on another site: a lead of its own, a word changed, the last paragraph cut."""
    kept = original.body.rpartition("\n\n")[0].replace("began", "started").replace("first", "very first")
    address = f"https://mirror.example{path}"
    own = {"headline": "As told by the agency", "body": f"{LEAD}\n\n{kept}", "url": address, "canonical_url": address}
    return replace(original, **own | fields)


def invented(number: int) -> str:
    """A long text that shares no three words with that of another number."""
    words = [f"w{number}x{n}" for n in range(80)]
    return f"{' '.join(words[:40])}.\n\n{' '.join(words[40:70])}.\n\n{' '.join(words[70:])}."
