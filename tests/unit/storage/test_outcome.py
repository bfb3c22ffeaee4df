"""How a run ended: every case that a person would tell apart has its word."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from crawler.storage.outcome import FEW_PAGES, Judgement, Outcome, ProcessEnd, Stop, judge_outcome

# A run that read one list and stored what it named.
GOOD = {
    "downloader/request_count": 13,
    "downloader/response_count": 13,
    "downloader/response_status_count/200": 13,
    "crawler/lists_read": 1,
    "crawler/discovered": 12,
    "crawler/fetched": 12,
    "crawler/new": 12,
}
IDLE = {
    "downloader/request_count": 1,
    "downloader/response_count": 1,
    "downloader/response_status_count/304": 1,
    "crawler/lists_read": 1,
    "crawler/lists_unchanged": 1,
}
LOOKED_AGAIN = {"downloader/request_count": 9, "downloader/response_count": 9, "crawler/revisited": 8}
READ_LIST = {
    "downloader/request_count": 1,
    "downloader/response_count": 1,
    "downloader/response_status_count/200": 1,
    "crawler/lists_read": 1,
}


@pytest.mark.parametrize(
    ("stats", "outcome", "said"),
    [
        pytest.param(GOOD, Outcome.SUCCEEDED, "", id="stored all that its list named"),
        pytest.param(IDLE, Outcome.SUCCEEDED, "", id="idle: the list has not changed"),
        pytest.param(READ_LIST | {"crawler/known": 30}, Outcome.SUCCEEDED, "", id="idle: everything is known"),
        pytest.param(
            READ_LIST | {"crawler/dropped/too_old": 9}, Outcome.SUCCEEDED, "", id="a quiet site: only old stories"
        ),
        pytest.param(GOOD | {"log_count/ERROR": 2}, Outcome.SUCCEEDED_WITH_ERRORS, "2 errors", id="errors in the log"),
        pytest.param(
            GOOD | {"crawler/failed": 1, "crawler/reason/timeout": 1},
            Outcome.SUCCEEDED_WITH_ERRORS,
            "1 timeout",
            id="one page of many failed",
        ),
        pytest.param(
            GOOD | {"crawler/rejected": 1, "crawler/reason/no_body": 1},
            Outcome.SUCCEEDED,
            "",
            id="a page that is no article is no error",
        ),
        pytest.param(
            IDLE
            | {
                "crawler/rejected": 7,
                "crawler/failed": 2,
                "crawler/second_looks/rejected": 7,
                "crawler/second_looks/failed": 2,
                "crawler/reason/no_body": 7,
                "crawler/reason/http_404": 2,
            },
            Outcome.SUCCEEDED,
            "",
            id="links that had brought no article bring none again",
        ),
        pytest.param(
            GOOD | {"spider_exceptions/count": 1, "spider_exceptions/KeyError": 1},
            Outcome.SUCCEEDED_WITH_ERRORS,
            "1 KeyError",
            id="one callback of many raised",
        ),
        pytest.param(
            GOOD | {"crawler/lists_dead/http_404": 1},
            Outcome.SUCCEEDED_WITH_ERRORS,
            "1 http_404",
            id="one list is dead, another served",
        ),
        pytest.param(READ_LIST, Outcome.EMPTY, "no article", id="the list names nothing"),
        pytest.param(
            READ_LIST | {"crawler/dropped/not_article": 40},
            Outcome.EMPTY,
            "40 not_article",
            id="no link fits the pattern",
        ),
        pytest.param({}, Outcome.EMPTY, "nothing to ask", id="nothing was asked"),
        pytest.param(
            {"log_count/ERROR": 1, "crawler/lists_dead/private_address": 1},
            Outcome.FAILED,
            "no list of the source can be read: 1 private_address",
            id="its lists may not be asked for",
        ),
        pytest.param({"log_count/ERROR": 1}, Outcome.FAILED, "1 error", id="start() raised before the first request"),
        pytest.param(
            {
                "downloader/request_count": 3,
                "downloader/exception_count": 3,
                "crawler/lists_dead/connection_refused": 3,
            },
            Outcome.FAILED,
            "3 connection_refused",
            id="site down: no list answers",
        ),
        pytest.param(
            {"downloader/request_count": 2, "downloader/exception_count": 2},
            Outcome.FAILED,
            "no answer to 2 requests",
            id="site down: a spider of one's own without lists",
        ),
        pytest.param(
            GOOD
            | {
                "crawler/new": 0,
                "spider_exceptions/count": 12,
                "spider_exceptions/TypeError": 12,
                "log_count/ERROR": 12,
            },
            Outcome.FAILED,
            "none of 12 pages could be stored: 12 errors logged; callbacks raised: 12 TypeError",
            id="every callback raised",
        ),
        pytest.param(
            GOOD | {"crawler/new": 0, "crawler/rejected": FEW_PAGES, "crawler/reason/no_body": FEW_PAGES},
            Outcome.FAILED,
            f"{FEW_PAGES} no_body",
            id="a new design: no page is readable",
        ),
        pytest.param(
            GOOD | {"crawler/new": 0, "crawler/rejected": 1, "crawler/reason/no_body": 1},
            Outcome.SUCCEEDED_WITH_ERRORS,
            "1 no_body",
            id="the only page was a gallery",
        ),
        pytest.param(
            IDLE | {"crawler/lists_dead/http_500": 1, "crawler/unchanged": 1, "crawler/lists_read": 0},
            Outcome.SUCCEEDED_WITH_ERRORS,
            "1 http_500",
            id="lists down, a waiting link was fetched",
        ),
        pytest.param(
            READ_LIST | LOOKED_AGAIN | {"downloader/response_status_count/304": 8, "crawler/revisits/not_modified": 8},
            Outcome.EMPTY,
            "no article",
            id="the list names nothing, whatever known articles answer",
        ),
        pytest.param(
            READ_LIST | LOOKED_AGAIN | {"crawler/unchanged": 8, "crawler/revisits/unchanged": 8},
            Outcome.EMPTY,
            "no article",
            id="the list names nothing, and known articles were read again",
        ),
        pytest.param(
            LOOKED_AGAIN | {"crawler/lists_dead/http_500": 1, "crawler/revised": 8, "crawler/revisits/revised": 8},
            Outcome.FAILED,
            "no list of the source can be read: 1 http_500",
            id="lists down, and known articles were read again",
        ),
        pytest.param(
            GOOD
            | {"crawler/new": 0, "crawler/rejected": FEW_PAGES, "crawler/reason/no_body": FEW_PAGES}
            | {"crawler/unchanged": 8, "crawler/revisits/unchanged": 8},
            Outcome.FAILED,
            f"none of {FEW_PAGES} pages",
            id="no new page is readable, though known articles are",
        ),
        pytest.param({"crawler/revisit_only": 1}, Outcome.SUCCEEDED, "", id="a revisit, and no article was due"),
        pytest.param(
            LOOKED_AGAIN | {"crawler/revisit_only": 1, "crawler/revisits/not_modified": 8},
            Outcome.SUCCEEDED,
            "",
            id="a revisit that found no edit",
        ),
        pytest.param(
            {"downloader/request_count": 2, "downloader/exception_count": 2, "crawler/revisit_only": 1},
            Outcome.FAILED,
            "no answer to 2 requests",
            id="a revisit of a site that is down",
        ),
    ],
)
def test_a_crawl_that_came_to_its_end_is_judged_by_its_work(stats: dict[str, Any], outcome: Outcome, said: str) -> None:
    judgement = judge_outcome(finish_reason="finished", stats=stats)
    assert judgement.outcome == outcome
    assert said in (judgement.reason or "")
    assert (judgement.reason is None) == (outcome == Outcome.SUCCEEDED)


@pytest.mark.parametrize(
    ("finish_reason", "outcome"),
    [
        ("closespider_timeout", Outcome.TIMED_OUT),
        ("closespider_errorcount", Outcome.FAILED),
        ("cancelled", Outcome.CANCELLED),
        ("shutdown", Outcome.CANCELLED),
        ("database_lost", Outcome.FAILED),
        ("fenced", Outcome.LOST),
        ("failed_to_start", Outcome.FAILED_TO_START),
        ("closespider_pagecount", Outcome.SUCCEEDED),
    ],
)
def test_a_finish_reason_counts_before_the_statistics(finish_reason: str, outcome: Outcome) -> None:
    assert judge_outcome(finish_reason=finish_reason, stats=GOOD).outcome == outcome


@pytest.mark.parametrize(
    ("process", "outcome", "said"),
    [
        (ProcessEnd(began=True, signal=signal.SIGKILL), Outcome.KILLED, "SIGKILL"),
        (ProcessEnd(began=True, signal=signal.SIGSEGV), Outcome.KILLED, "SIGSEGV"),
        (ProcessEnd(began=True, signal=63), Outcome.KILLED, "signal 63"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, out_of_memory=True), Outcome.OOM_KILLED, "memory"),
        (ProcessEnd(began=True, signal=signal.SIGSEGV, out_of_memory=True), Outcome.KILLED, "SIGSEGV"),
        (ProcessEnd(began=False, exit_code=1, last_words="KeyError: 'x'"), Outcome.FAILED_TO_START, "KeyError: 'x'"),
        (ProcessEnd(began=False, exit_code=0), Outcome.FAILED_TO_START, "code 0"),
        (ProcessEnd(began=False, last_words="no process"), Outcome.FAILED_TO_START, "not be begun: no process"),
        (ProcessEnd(began=True, exit_code=3), Outcome.LOST, "code 3"),
        (ProcessEnd(began=True), Outcome.LOST, "code unknown"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, stopped_for=Stop.TIMEOUT), Outcome.TIMED_OUT, "longer"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, stopped_for=Stop.STALL), Outcome.STALLED, "nothing"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, stopped_for=Stop.MEMORY), Outcome.OOM_KILLED, "memory"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, stopped_for=Stop.CANCEL), Outcome.CANCELLED, "request"),
        (ProcessEnd(began=True, signal=signal.SIGKILL, stopped_for=Stop.SHUTDOWN), Outcome.CANCELLED, "scheduler"),
    ],
)
def test_a_process_that_left_no_record_is_judged_by_what_its_parent_saw(
    process: ProcessEnd, outcome: Outcome, said: str
) -> None:
    judgement = judge_outcome(finish_reason=None, stats=GOOD, process=process)
    assert judgement.outcome == outcome
    assert said in (judgement.reason or "")


def test_why_it_was_stopped_says_more_than_that_it_was_stopped() -> None:
    stopped = ProcessEnd(began=True, exit_code=0, stopped_for=Stop.STALL)
    assert judge_outcome(finish_reason="shutdown", stats=GOOD, process=stopped).outcome == Outcome.STALLED


def test_work_done_while_the_signal_was_on_its_way_counts() -> None:
    stopped = ProcessEnd(began=True, exit_code=0, stopped_for=Stop.TIMEOUT)
    assert judge_outcome(finish_reason="finished", stats=GOOD, process=stopped) == Judgement(Outcome.SUCCEEDED)


def test_a_crash_after_the_final_record_does_not_undo_it() -> None:
    crashed = ProcessEnd(began=True, signal=signal.SIGSEGV)
    assert judge_outcome(finish_reason="finished", stats=GOOD, process=crashed) == Judgement(Outcome.SUCCEEDED)


def test_nothing_known_is_lost() -> None:
    assert judge_outcome(finish_reason=None, stats={}).outcome == Outcome.LOST
