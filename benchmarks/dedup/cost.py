"""What look-ups and inserts cost in a large index, in CPU and bytes: in a process, in SQLite, in PostgreSQL.

The index is filled with the marks of texts of which a tenth lies in the window, as of a year's news; then others, half
of them copies, are joined as the store transaction does it. Their words are coined and as unevenly common as those of a
language: a million texts of the grammar's few hundred words would share more phrases than any news does.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import accumulate, islice, pairwise, product
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.dedup.stream import START
from crawler.articles.article import Article
from crawler.duplicates.index import Index, day_of
from crawler.duplicates.sketch import METHOD_VERSION, fingerprint, pack_facts, pack_sketch
from crawler.storage import clusters, schema
from crawler.storage.database import Database
from crawler.storage.identity import Reading
from crawler.storage.nearest import Arrival
from crawler.storage.storing import BATCH
from crawler.storage.tables import FingerprintRow, PostingRow
from crawler.storage.writing import insert_new

# Batches that are measured.
BATCHES = 20
# Days over which the index is spread: a window of 14 days each way is a tenth of them.
SPREAD = 290
FIRST_DAY = day_of(START) - SPREAD // 2
# As common as words of a language are, by Zipf's law.
_SYLLABLES = [consonant + vowel for consonant in "бвгдзклмнпрст" for vowel in "аеиоу"]
WORDS = ["".join(word) for word in islice(product(_SYLLABLES, repeat=3), 0, None, 5)]
FREQUENCY = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
# Texts whose marks an index is filled with; a larger one has them again a month later. As many as lie in the window of
# a million: of a million texts of their own the marks alone would take five minutes.
DISTINCT = 100_000
# Their articles' numbers lie so far below zero: no article that is stored has one.
NUMBERS = 1 << 40


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Filling:
    """The marks that an index is filled with: those of up to DISTINCT texts, again and again as time goes on.

    Of what lies in one window every text is another one.
    """

    def __init__(self, size: int, random: Random) -> None:
        self.size, self.distinct = size, min(size, DISTINCT)
        self._hashes = array("q")
        self._starts = array("L", [0])
        self._facts: list[bytes] = []
        for _ in range(self.distinct):
            marks = fingerprint(coined(random))
            self._hashes.extend(marks.sketch)
            self._starts.append(len(self._hashes))
            self._facts.append(pack_facts(marks.facts))

    def __iter__(self) -> Iterator[tuple[int, int, array[int]]]:
        """Number, day and sketch of each article, in the order of time."""
        for place in range(self.size):
            text = place % len(self._facts)
            sketch = self._hashes[self._starts[text] : self._starts[text + 1]]
            yield place - NUMBERS, FIRST_DAY + place * SPREAD // self.size, sketch

    def postings(self) -> list[tuple[int, int]]:
        """(hash, text) of the texts, in the order of the hashes."""
        texts = array("L", (place for place, ends in enumerate(pairwise(self._starts)) for _ in range(*ends)))
        return sorted(zip(self._hashes, texts, strict=True))

    def marks(self) -> list[tuple[int, bytes, bytes]]:
        """(text, sketch, facts), packed, of the texts."""
        sketches = (self._hashes[start:end] for start, end in pairwise(self._starts))
        return [
            (n, pack_sketch(sketch), facts) for n, (sketch, facts) in enumerate(zip(sketches, self._facts, strict=True))
        ]


def measure(size: int, *, seed: int, postgresql: str | None) -> None:
    """Print what an article costs with `size` in the index."""
    random = Random(seed)
    filling = Filling(size, random)
    new = list(_new(random))
    cpu = time.process_time()
    for one in new:
        fingerprint(one)
    marking = (time.process_time() - cpu) / len(new)
    words = sum(len(one.split()) for one in new) / len(new)
    print(f"\n{size:,} articles in the index", flush=True)
    print(f"fingerprint of an article of {words:.0f} words: {1000 * marking:.3f} ms CPU", flush=True)
    _measure_index(filling, new)
    with tempfile.TemporaryDirectory() as folder, Database(f"sqlite:///{folder}/news.db") as database:
        _measure_database(database, filling, new)
    if postgresql:
        with Database(postgresql) as database:
            _measure_database(database, filling, new)


def coined(random: Random, words: int = 220) -> str:
    """A text of coined words; one in twelve is a name, one in thirty a number."""
    drawn = random.choices(WORDS, cum_weights=FREQUENCY, k=words)
    for place in range(random.randrange(12), words, 12):
        drawn[place] = drawn[place].capitalize()
    for place in range(random.randrange(30), words, 30):
        drawn[place] = str(random.randrange(2, 1_000))
    return " ".join(drawn)


def _new(random: Random) -> Iterator[str]:
    """The texts that are measured: each second one is a copy of an earlier one with one word in thirty changed."""
    texts: list[str] = []
    for number in range(BATCHES * BATCH):
        if number % 2 and texts:
            words = random.choice(texts).split()
            for place in range(random.randrange(30), len(words), 30):
                words[place] = random.choice(WORDS)
            texts.append(" ".join(words))
        else:
            texts.append(coined(random))
        yield texts[-1]


def _measure_index(filling: Filling, new: list[str]) -> None:
    before, cpu = resident(), time.process_time()
    index = Index()
    for number, day, own in filling:
        index.add(number, own, day=day)
    cpu, size = time.process_time() - cpu, resident() - before
    sketches = [fingerprint(one).sketch for one in new]
    each = {}
    for when, day in (("at the end", FIRST_DAY + SPREAD - 1), ("in the middle", day_of(START))):
        cpu_before = time.process_time()
        for sketch in sketches:
            index.look_up(sketch, day=day)
        each[when] = 1000 * (time.process_time() - cpu_before) / len(new)
    added = time.process_time()
    for number, sketch in enumerate(sketches):
        index.add(number, sketch, day=FIRST_DAY + SPREAD)
    added = 1000 * (time.process_time() - added) / len(new)
    print(
        f"in process: {each['at the end']:.3f} ms CPU to look up one as they come, {each['in the middle']:.3f} one "
        f"that is half a year late, {added:.3f} to add, {size / filling.size:.0f} B an article, filled in {cpu:.0f} s",
        flush=True,
    )


def _measure_database(database: Database, filling: Filling, new: list[str]) -> None:
    schema.upgrade(database)
    before = _bytes(database)
    _fill(database, filling)
    size = (_bytes(database) - before) / filling.size
    with _server(database) as server_cpu:
        arrivals = [_insert(database, new[first : first + BATCH], first) for first in range(0, len(new), BATCH)]
        here, there, began = time.process_time(), server_cpu(), time.perf_counter()
        joined = 0
        for batch in arrivals:
            joined += len(database.transact(partial(clusters.join, arrivals=batch, now=START)))
        seconds, here, there = time.perf_counter() - began, time.process_time() - here, server_cpu() - there
    each = 1000 / len(new)
    server = f" + {each * there:.2f} in the server" if database.dialect == "postgresql" else ""
    print(
        f"{database.dialect}: {each * here:.2f} ms CPU{server} to look up, compare, join and index an article "
        f"({each * seconds:.2f} ms on the clock), {size:.0f} B an article, {joined} of {len(new)} joined",
        flush=True,
    )


def _insert(database: Database, texts: list[str], first: int) -> list[Arrival]:
    """Store the articles themselves, which is not what is measured here."""
    made = {}
    for number, one in enumerate(texts, first):
        url = f"https://bench.example/{number}/"
        article = Article(url=url, canonical_url=url, body=one, published_at=START, fetched_at=START)
        reading = Reading(article=article, source_id="bench", edition="xx", content_hash=str(number).encode())
        made[reading.url_hash] = reading, fingerprint(one)
    readings = [(reading, None) for reading, _ in made.values()]
    ids = database.transact(lambda session: insert_new(session, readings, run_id=None, now=START + timedelta(hours=1)))
    return [Arrival(ids[key], marks) for key, (_, marks) in made.items()]


# Table, its columns, and what of them goes where; on PostgreSQL bytes are called otherwise.
_GIVEN = (
    ("given_postings", "hash bigint, text bigint", "postings", "hash", "hash"),
    (
        "given_marks",
        "text bigint, sketch blob, facts blob",
        "fingerprints",
        "version, sketch, facts",
        f"{METHOD_VERSION}, sketch, facts",
    ),
)


def _fill(database: Database, filling: Filling) -> None:
    """Put the marks in as they would be after a year; without their articles, which are not asked for here."""
    is_postgresql = database.dialect == "postgresql"
    given: tuple[Sequence[tuple[Any, ...]], ...] = (filling.postings(), filling.marks())
    place, places = "(text + again.value)", "json_each(:again)"
    if is_postgresql:
        place, places = "again", "LATERAL generate_series(text, CAST(:size AS bigint) - 1, CAST(:distinct AS bigint))"
    values: dict[str, Any] = {"size": filling.size, "distinct": filling.distinct, "first": FIRST_DAY, "spread": SPREAD}
    values |= {"numbers": NUMBERS, "again": json.dumps([*range(0, filling.size, filling.distinct)])}
    with database.migrating() as connection:
        if is_postgresql:
            connection.execute(text("SET session_replication_role = replica"))
        for (name, columns, table, into, taken), rows in zip(_GIVEN, given, strict=True):
            columns = columns.replace("blob", "bytea") if is_postgresql else columns
            connection.execute(text(f"CREATE TEMPORARY TABLE {name} ({columns})"))
            _copy(connection, name, rows)
            number_and_day = f"{place} - :numbers, :first + {place} * :spread / :size"
            statement = (
                f"INSERT INTO {table} (article_id, day, {into}) SELECT {number_and_day}, {taken} "
                f"FROM {name} CROSS JOIN {places} AS again WHERE {place} < :size"
            )
            connection.execute(text(statement), values)
        if is_postgresql:
            connection.execute(text("SET session_replication_role = DEFAULT"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _copy(connection: Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        places = ", ".join("?" for _ in rows[0])
        driver.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def _bytes(database: Database) -> int:
    """Size of the index's tables."""
    if database.path is not None:
        return sum(path.stat().st_size for path in database.path.parent.glob("news.db*"))
    tables = (PostingRow.__tablename__, FingerprintRow.__tablename__)
    with database.read() as session:
        return sum(session.scalar(text(f"SELECT pg_total_relation_size('{table}')")) or 0 for table in tables)


@contextmanager
def _server(database: Database) -> Iterator[Callable[[], float]]:
    """Yields a function that tells the CPU seconds of the server's process for this connection."""
    if database.dialect != "postgresql":
        yield lambda: 0.0
        return
    with database.read() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))

    def seconds() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    yield seconds
