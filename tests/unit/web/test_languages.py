"""Languages: chosen as the visitor wishes, complete, with right plurals; sentences of other rooms are understood."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, nodes

from crawler.articles.article import Origin, Precision
from crawler.middlewares.failures import failure_of_status
from crawler.monitoring import rules
from crawler.monitoring.problems import Severity
from crawler.monitoring.problems import State as Health
from crawler.scheduling.schedule import Schedule
from crawler.scheduling.wording import in_words
from crawler.storage.coverage import FIELDS
from crawler.storage.outcome import Outcome, judge_outcome
from crawler.storage.runs import COUNTS
from crawler.storage.tables import LinkState, RevisionKind, RunKind, RunState
from crawler.web.languages import choose, languages
from crawler.web.languages.printing import Printing
from crawler.web.limits import MANY_REQUESTS, WRONG_TOKENS
from crawler.web.pages.article import RELATIONS
from crawler.web.pages.failures import REMEDIES
from crawler.web.rendering import SECTIONS, TEMPLATES
from crawler.web.words import words_of

WEB = TEMPLATES.parent
OTHERS = [code for code in languages() if code != "en"]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def texts_of_templates() -> Iterator[tuple[str, str]]:
    """(function, English text) of every call of `_` and `n_` in a template."""
    for path in TEMPLATES.glob("*.html"):
        for call in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "n_"):
                first = call.args[0]
                if isinstance(first, nodes.Const):
                    yield call.node.name, first.value


def texts_of_modules() -> Iterator[tuple[str, str]]:
    """The same of every call of `language.text` and `language.plural` in a module."""
    names = {"text": "_", "plural": "n_"}
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                first = node.args[0] if node.args else None
                if "language" in ast.unparse(node.func) and isinstance(first, ast.Constant):
                    yield names[node.func.attr], first.value


def words() -> Iterator[str]:
    """Words that templates say by `word(...)`, and texts that modules hand to templates."""
    for kind in (Outcome, RunState, RunKind, LinkState, RevisionKind, Severity, Health, Origin):
        yield from (words_of(word) for word in kind)
    yield from (words_of(name) for name in (*COUNTS, *FIELDS))
    yield from (words_of(name) for name in ("robots", "feed", "sitemap", "listing", "article"))
    yield from (words_of(name) for name in ("source", "author", "tag", "section", "language", "ru", "kk", "en"))
    yield from (words_of(f"by {trigger}") for trigger in ("manual", "schedule", "request", "scrapy"))
    yield from (f"to the {precision}" for precision in Precision)
    yield from (name for _, name in SECTIONS)
    yield from (*RELATIONS.values(), *REMEDIES.values())


def refusals() -> Iterator[str]:
    """What pages say where they refuse, with 7 in the place of each value. The API speaks English only."""
    for path in {*WEB.glob("*.py"), *(WEB / "pages").glob("*.py")} - {WEB / "serving.py"}:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("HTTPException", "refuse", "ConfigError"):
                for argument in node.args:
                    said = _said(argument)
                    if " " in said and not said.startswith("7 Make one"):  # of the API
                        yield said

    yield from (MANY_REQUESTS, WRONG_TOKENS)


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def sentences_of_rules() -> Iterator[str]:
    """Every template of a problem, as it stands in the rules."""
    files = sorted(Path(rules.__file__).parent.glob("*.py"))
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("problem_of", "Problem"):
            place = 3 if node.func.id == "problem_of" else 2  # type: ignore[attr-defined]
            for argument in node.args[place : place + 2]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
                        yield part.value


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    language = languages()[code]
    found = {*texts_of_templates(), *texts_of_modules(), *(("_", word) for word in words())}
    assert len(found) > 200
    missing = {text for kind, text in found if text not in (language.texts if kind == "_" else language.plurals)}
    assert missing == set()


@pytest.mark.parametrize("code", OTHERS)
def test_every_refusal_of_a_page_is_translated(code: str) -> None:
    language = languages()[code]
    found = set(refusals())
    assert len(found) > 15
    assert {sentence for sentence in found if language.say(sentence) == sentence} == set()


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_the_rules_of_health_is_translated(code: str) -> None:
    found = set(sentences_of_rules())
    assert len(found) > 15
    # Its second half is put together where the rule is asked; both whole sentences are in the catalogue.
    found.discard("See why: ")
    assert found - languages()[code].sentences.keys() == set()


@pytest.mark.parametrize("status", [301, 403, 404, 500])
def test_why_a_page_was_not_stored_is_said_in_russian(status: int) -> None:
    failure = failure_of_status(status)
    assert failure is not None
    assert languages()["ru"].say(failure.text) != failure.text


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_places_of_values(code: str) -> None:
    language = languages()[code]
    pairs = [*language.texts.items(), *language.sentences.items()]
    pairs += [(one, form) for one, forms in language.plurals.items() for form in forms]
    for english, translation in pairs:
        assert places(translation) <= places(english), english


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_each_noun_has_all_its_forms(code: str) -> None:
    language = languages()[code]
    for one, forms in language.plurals.items():
        assert {language.plural_rule(number) for number in range(200)} == set(range(len(forms))), one


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 статей"),
        (1, "1 статья"),
        (2, "2 статьи"),
        (5, "5 статей"),
        (11, "11 статей"),
        (21, "21 статья"),
        (112, "112 статей"),
        (1_004, "1004 статьи"),
    ],
)
def test_russian_plurals(number: int, said: str) -> None:
    assert languages()["ru"].plural("{n} article", "{n} articles", number) == said


@pytest.mark.parametrize(
    ("cookie", "accept", "code"),
    [
        pytest.param(None, None, "en", id="nothing is known"),
        pytest.param(None, "ru-KZ,ru;q=0.9,en;q=0.8", "ru", id="the browser says"),
        pytest.param(None, "kk, de;q=0.9, ru;q=0.4, en;q=0.2", "ru", id="the first that there is"),
        pytest.param("en", "ru", "en", id="a choice wins"),
        pytest.param("xx", "ru", "ru", id="a choice that there is not"),
        pytest.param(None, "ru;q=much, *;q=0.1, " + "x" * 5_000, "en", id="nonsense"),
    ],
)
def test_the_language_is_the_visitors(cookie: str | None, accept: str | None, code: str) -> None:
    assert choose(cookie, accept).code == code


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["*/15 * * * *"], "каждые 15 мин"),
        (["30 6 * * mon-fri"], "в 06:30 с понедельника по пятницу"),
        (["0 * * * *"], "каждый час"),
    ],
)
def test_schedules_are_said_in_russian(lines: list[str], said: str) -> None:
    schedule = Schedule.read(lines, ZoneInfo("Asia/Almaty"))
    assert languages()["ru"].say(in_words(schedule).removesuffix(" (Asia/Almaty)")) == said


def test_sentences_within_sentences_are_understood() -> None:
    russian = languages()["ru"]
    assert russian.say("fetched: HTTP 200, 1200 bytes in 30 ms, in run 3: new") == (
        "загружена: HTTP 200, 1200 байт за 30 мс, обход 3: новый"
    )
    assert russian.say("what nobody has said before") == "what nobody has said before"
    assert russian.say("no answer" * 500) == "no answer" * 500


@pytest.mark.parametrize(
    "stats",
    [
        {"downloader/request_count": 0},
        {"downloader/request_count": 0, "log_count/ERROR": 2},
        {"downloader/request_count": 3, "crawler/lists_dead/timeout": 2, "downloader/response_count": 1},
        {"downloader/request_count": 3, "downloader/exception_count": 3},
        {
            "downloader/request_count": 9, "downloader/response_count": 9, "crawler/rejected": 7,
            "crawler/reason/no_body": 7,
        },
        {"downloader/request_count": 2, "downloader/response_count": 2, "crawler/lists_read": 1},
        {
            "downloader/request_count": 9, "downloader/response_count": 9, "crawler/lists_read": 1, "crawler/new": 4,
            "crawler/failed": 1, "crawler/reason/no_body": 1, "crawler/lists_dead/http_404": 1, "log_count/ERROR": 1,
            "spider_exceptions/count": 1, "spider_exceptions/KeyError": 1,
        },
    ],
)  # fmt: skip
def test_ends_of_runs_are_said_in_russian(stats: dict[str, int]) -> None:
    reason = judge_outcome(finish_reason="finished", stats=stats).reason
    assert reason is not None
    said = languages()["ru"].say(reason)
    # What is left are words of the record: http_404, timeout, KeyError.
    assert set(re.findall(r"[A-Za-z_]{2,}", said)) <= {"timeout", "http_", "no_body", "KeyError"}, said


# --- Numbers and moments ----------------------------------------------------------------------------------------------
def printing(code: str = "en") -> Printing:
    return Printing(languages()[code], ZoneInfo("Asia/Almaty"), NOW)


@pytest.mark.parametrize(
    ("moment", "english", "russian"),
    [
        pytest.param(NOW - timedelta(hours=2), "11:00", "11:00", id="today"),
        pytest.param(NOW - timedelta(hours=14), "23 Nov 23:00", "23 ноя 23:00", id="yesterday there, today in UTC"),
        pytest.param(NOW - timedelta(days=400), "20 Oct 2025 13:00", "20 окт 2025 13:00", id="another year"),
        pytest.param(None, "–", "–", id="unknown"),
    ],
)
def test_moments(moment: datetime | None, english: str, russian: str) -> None:
    assert printing().moment(moment) == english
    assert printing("ru").moment(moment) == russian


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.44, "0.4 s"), (59.2, "59 s"), (60, "1 min"), (185, "3 min 5 s"), (7_800, "2 h 10 min"), (100_000, "1 d 3 h")],
)
def test_spans(seconds: float, said: str) -> None:
    assert printing().span(seconds).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW - timedelta(seconds=20), "только что"),
        (NOW - timedelta(minutes=95), "95 мин назад"),
        (NOW - timedelta(hours=40), "40 ч назад"),
        (NOW + timedelta(days=3), "через 3 д"),
    ],
)
def test_how_long_ago(moment: datetime, said: str) -> None:
    assert printing("ru").ago(moment).replace("\u00a0", " ") == said


def test_numbers_shares_and_sizes() -> None:
    assert printing().number(12_345) == "12,345"
    assert printing("ru").number(12_345.678, 1) == "12\u00a0345,7"
    assert [printing().percent(share) for share in (0, 0.001, 0.5, 0.999, 1, None)] == [
        "0%",
        "1%",
        "50%",
        "99%",
        "100%",
        "–",
    ]
    assert printing().size(31_500).replace("\u00a0", " ") == "31.5 kB"
    assert printing().size(999) == "999\u00a0B"
