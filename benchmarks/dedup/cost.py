"""What look-ups and inserts cost in a large index, in CPU and bytes: in a process, in SQLite, in PostgreSQL.

The index is filled with the marks of texts of which a tenth lies in the window, as of a year's news; then others, half
of them copies, are joined as the store transaction does it. Their words are coined and as unevenly common as those of a
language: a million texts of the grammar's few hundred words would share more phrases than any news does.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, islice, pairwise, product
from pathlib import Path
from random import Random

from sqlalchemy import insert, text

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
# As common as words of a language are, by Zipf's law.
_SYLLABLES = [consonant + vowel for consonant in "бвгдзклмнпрст" for vowel in "аеиоу"]
WORDS = ["".join(word) for word in islice(product(_SYLLABLES, repeat=3), 0, None, 5)]
FREQUENCY = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
# Rows of one statement while the index is filled.
PORTION = 50_000


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@dataclass
class Filling:
    """The marks that an index is filled with."""

    hashes: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("L", [0]))
    facts: list[bytes] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, int, array[int], bytes]]:
        """Number, day, sketch and facts of each article."""
        middle = day_of(START)
        for number, (start, end) in enumerate(pairwise(self.starts)):
            day = middle - SPREAD // 2 + number * SPREAD // len(self.facts)
            yield -1 - number, day, self.hashes[start:end], self.facts[number]


def measure(size: int, *, seed: int, postgresql: str | None) -> None:
    """Print what an article costs with `size` in the index."""
    filling = Filling()
    cpu, random = time.process_time(), Random(seed)
    for _ in range(size):
        marks = fingerprint(coined(random))
        filling.hashes.extend(marks.sketch)
        filling.starts.append(len(filling.hashes))
        filling.facts.append(pack_facts(marks.facts))
    made = time.process_time() - cpu
    new = list(_new(random))
    cpu = time.process_time()
    for one in new:
        fingerprint(one)
    marking = (time.process_time() - cpu) / len(new)
    postings = len(filling.hashes) / size
    words = sum(len(one.split()) for one in new) / len(new)
    print(f"\n{size:,} articles in the index, {postings:.1f} postings each (made in {made:.0f} s CPU)", flush=True)
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
    for number, day, sketch, _ in filling:
        index.add(number, sketch, day=day)
    cpu, size = time.process_time() - cpu, resident() - before
    sketches = [fingerprint(one).sketch for one in new]
    asked = time.process_time()
    for sketch in sketches:
        index.look_up(sketch, day=day_of(START))
    asked = (time.process_time() - asked) / len(new)
    print(
        f"in process: {1000 * asked:.3f} ms CPU a look-up, {size / len(index):.0f} B an article, filled in {cpu:.0f} s",
        flush=True,
    )


def _measure_database(database: Database, filling: Filling, new: list[str]) -> None:
    schema.upgrade(database)
    before = _bytes(database)
    _fill(database, filling)
    size = (_bytes(database) - before) / len(filling.facts)
    with _server(database) as server_cpu:
        arrivals = [_insert(database, new[first : first + BATCH], first) for first in range(0, len(new), BATCH)]
        here, there, began = time.process_time(), server_cpu(), time.perf_counter()
        joined = 0
        for batch in arrivals:
            joined += len(database.transact(lambda session, batch=batch: clusters.join(session, batch, now=START)))
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


def _fill(database: Database, filling: Filling) -> None:
    """Put the marks in as they would be after a year; without their articles, which are not asked for here."""
    switch = "SET session_replication_role = replica" if database.dialect == "postgresql" else None
    rows = sorted((hash_, day, number) for number, day, sketch, _ in filling for hash_ in sketch)
    with database.migrating() as connection:
        if switch:
            connection.execute(text(switch))
        for first in range(0, len(rows), PORTION):
            portion = rows[first : first + PORTION]
            if database.dialect == "postgresql":
                driver = connection.connection.driver_connection
                assert driver is not None
                with driver.cursor().copy("COPY postings (hash, day, article_id) FROM STDIN") as copy:
                    for row in portion:
                        copy.write_row(row)
            else:
                connection.exec_driver_sql("INSERT INTO postings (hash, day, article_id) VALUES (?, ?, ?)", portion)
        articles = iter(filling)
        while some := list(islice(articles, PORTION)):
            connection.execute(
                insert(FingerprintRow),
                [
                    {"article_id": n, "version": METHOD_VERSION, "day": day, "sketch": pack_sketch(s), "facts": facts}
                    for n, day, s, facts in some
                ],
            )
        if switch:
            connection.execute(text("SET session_replication_role = DEFAULT"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _bytes(database: Database) -> int:
    """Size of the index's tables."""
    if database.path is not None:
        return sum(path.stat().st_size for path in database.path.parent.glob("news.db*"))
    tables = (PostingRow.__tablename__, FingerprintRow.__tablename__)
    with database.read() as session:
        return sum(session.scalar(text(f"SELECT pg_total_relation_size('{table}')")) or 0 for table in tables)


@contextmanager
def _server(database: Database):  # type: ignore[no-untyped-def]
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
