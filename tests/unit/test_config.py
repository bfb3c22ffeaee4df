"""What a deployment may set, and what a wrong value is told."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.config import load_config
from crawler.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("90", timedelta(seconds=90), id="seconds"),
        pytest.param("0.5", timedelta(milliseconds=500), id="parts of a second"),
        pytest.param("15m", timedelta(minutes=15), id="a unit, as in source files"),
        pytest.param("PT1H30M", timedelta(hours=1, minutes=30), id="ISO 8601"),
    ],
)
def test_a_duration_is_written_in_one_of_three_forms(
    written: str, meant: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRAWLER_RUN_TIMEOUT", written)
    assert load_config().run_timeout == meant


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_CA_BUNDLE", "")
    monkeypatch.setenv("CRAWLER_DATABASE_URL", "")
    assert load_config().ca_bundle is None
    assert load_config().url.startswith("sqlite:///")


def test_folders_are_separated_as_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_SOURCES", "/srv/a:/srv/b")
    assert [str(folder) for folder in load_config().source_folders] == ["/srv/a", "/srv/b"]


def test_names_and_addresses_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_ALLOWED_HOSTS", "News.example.com, desk.example.com,")
    monkeypatch.setenv("CRAWLER_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/24")
    config = load_config()
    assert config.allowed_hosts == ("news.example.com", "desk.example.com")
    assert config.trusted_proxies == ("127.0.0.1", "10.0.0.0/24")


def test_the_zone_is_that_of_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_TIMEZONE", "Asia/Almaty")
    assert load_config().zone == ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        pytest.param("CRAWLER_TIMEZONE", "Almaty", "Asia/Almaty", id="no zone"),
        pytest.param("CRAWLER_CA_BUNDLE", "/nowhere.pem", "no such file", id="no file"),
        pytest.param(
            "CRAWLER_RUN_TIMEOUT", "1 hour", "write a duration such as 90s, 15m, 48h or 30d", id="no duration"
        ),
        pytest.param("CRAWLER_RUN_TIMEOUT", "0", "'0': write more than 0", id="no time at all, as it was written"),
        pytest.param("CRAWLER_CONCURRENT_RUNS", "0", "write 1 or more", id="out of bounds"),
        pytest.param("CRAWLER_CONCURRENT_RUNS", "two", "write a whole number", id="no number"),
        pytest.param("CRAWLER_WEB", "perhaps", "write true or false", id="neither yes nor no"),
        pytest.param("CRAWLER_LOG_LEVEL", "LOUD", "write DEBUG, INFO, WARNING or ERROR", id="no level"),
        pytest.param("CRAWLER_WEB_PORT", "70000", "65535", id="no port"),
        pytest.param("CRAWLER_TRUSTED_PROXIES", "10.0.0.1, proxy", "10.0.0.0/24", id="a name for an address"),
        pytest.param("CRAWLER_TRUSTED_PROXIES", "{proxy}", "{proxy}: not an address", id="a text with braces"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_and_a_remedy(
    variable: str, value: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert variable in str(caught.value)
    assert remedy in str(caught.value)


def test_a_level_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_LOG_LEVEL", "warning")
    assert load_config().log_level == "WARNING"


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_TIMEZONE", "Almaty")
    monkeypatch.setenv("CRAWLER_LOG_LEVEL", "LOUD")
    with pytest.raises(ConfigError, match=r"(?s)CRAWLER_TIMEZONE.*CRAWLER_LOG_LEVEL"):
        load_config()


def test_the_password_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAWLER_DATABASE_URL", "postgresql+psycopg://crawler:sesame@db/news")
    assert "sesame" not in repr(load_config())
