"""Deployment configuration: the only reader of CRAWLER_* variables. Decides nothing."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import certifi
from platformdirs import user_config_path, user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from crawler.errors import ConfigError

APP = "news-crawler"
HOME = "https://pypi.org/project/news-crawler/"
"""Where a site's people can read what this crawler is, while nobody has set a contact."""


def _seconds(value: object) -> object:
    """A bare number means seconds; a unit is one of those of source files; the rest is left to ISO 8601."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(**{_UNITS[match[2] or "s"]: float(match[1])})
    return value


_DURATION = re.compile(r"\s*(\d{1,8}(?:\.\d{1,8})?)\s*([smhd]?)\s*")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
Duration = Annotated[timedelta, BeforeValidator(_seconds)]


class Config(BaseSettings):
    """What a deployment may set, by environment variables `CRAWLER_<NAME>`.

    Durations are written as seconds (`90`), with a unit (`15m`, `48h`, `30d`) or in ISO 8601 (`PT1H`, `P30D`).
    """

    model_config = SettingsConfigDict(env_prefix="CRAWLER_", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        SecretStr(""), description="SQLAlchemy address; default: an SQLite file in the user's data folder"
    )
    sources: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="folders with source files of your own, separated as in PATH; "
        "default: sources/ in the user's configuration folder",
    )
    contact: str = Field("", description="mail address or page, put into the user agent so that a site can reach you")
    timezone: str = Field("", description="zone of printed times and of dates that you type; default: the machine's")
    ca_bundle: Path | None = Field(
        None, description="PEM file of certificate authorities to trust; default: the system's"
    )
    allow_private_addresses: bool = Field(False, description="let spiders fetch loopback and private networks")
    run_timeout: Duration = Field(timedelta(hours=1), gt=timedelta(0), description="after this a run is stopped")
    concurrent_runs: int = Field(4, ge=1, le=64, description="runs at once on one machine")
    run_memory_mb: int = Field(
        1_000, ge=100, description="megabytes of memory after which a run is stopped; an ordinary one needs 75 to 250"
    )
    stop_grace: Duration = Field(
        timedelta(seconds=20), ge=timedelta(0), description="how long a run that was asked to stop may take for it"
    )
    heartbeat: Duration = Field(
        timedelta(seconds=5), gt=timedelta(0), description="how often a run writes its heartbeat"
    )
    log_level: Annotated[str, BeforeValidator(str.upper)] = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level of the records kept in the database"
    )
    keep_logs: Duration = Field(timedelta(days=30), description="age at which run logs are pruned")
    keep_fetches: Duration = Field(
        timedelta(days=14), description="age at which records of fetched addresses are pruned"
    )
    keep_skipped: Duration = Field(timedelta(days=7), description="age at which skipped runs are pruned")
    keep_attempts: Duration = Field(timedelta(days=90), description="age at which run attempts are pruned")
    max_log_rows: int = Field(5_000_000, ge=1_000, description="log records kept at most; the oldest go first")
    web: bool = Field(True, description="whether `crawler up` also serves the web interface")
    web_host: str = Field("127.0.0.1", min_length=1, description="address on which the web interface listens")
    web_port: int = Field(8710, ge=0, le=65_535, description="its port; 0: any that is free")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="names by which browsers reach it through a proxy or DNS, separated by commas"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="addresses or networks of reverse proxies whose X-Forwarded-* headers count, separated by commas",
    )

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return (
            tuple(part.strip().lower() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ip_network(one)
            except ValueError:
                raise ValueError(f"{one}: not an address or network; write 10.0.0.2 or 10.0.0.0/24") from None
        return value

    @field_validator("sources", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        return tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except Exception:
                raise ValueError("not a time zone; write a name such as Asia/Almaty") from None
        return value

    @field_validator("ca_bundle")
    @classmethod
    def _bundle_exists(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("no such file; name a PEM file, or unset it to trust the system's authorities")
        return value

    @cached_property
    def url(self) -> str:
        """The database's address with its password: for engines only, never for print."""
        return self.database_url.get_secret_value() or f"sqlite:///{user_data_path(APP)}/crawler.db"

    @cached_property
    def source_folders(self) -> tuple[Path, ...]:
        """Folders with the user's own source files; the default one only where it exists."""
        return self.sources or tuple(folder for folder in self.looked_for_sources if folder.is_dir())

    @cached_property
    def looked_for_sources(self) -> tuple[Path, ...]:
        """Folders where the user's own source files may stand, whether they exist or not."""
        return self.sources or (user_config_path(APP) / "sources",)

    @cached_property
    def zone(self) -> tzinfo:
        """Zone of printed times and of dates that a person types."""
        if self.timezone:
            return ZoneInfo(self.timezone)
        return datetime.now(UTC).astimezone().tzinfo or UTC


def load_config() -> Config:
    """Read the environment.

    Raises:
        ConfigError: with every wrong variable, its value and what it may be.
    """
    # os.environ decodes each variable at each look; what it holds undecoded is as good a key, and half a ms cheaper.
    return _load_config(tuple(getattr(os.environ, "_data", os.environ).items()))


@lru_cache(maxsize=8)
def _load_config(_environment: tuple[tuple[str | bytes, str | bytes], ...]) -> Config:
    """The configuration of an environment: a crawl asks half a dozen times, and each reading takes milliseconds."""
    try:
        return Config()
    except ValidationError as error:
        lines = [_in_words(problem) for problem in error.errors()]
        raise ConfigError("\n".join(lines), setting=str(error.errors()[0]["loc"][0])) from None


# What may stand there instead, by pydantic's word for what is wrong; other words are our own validators', which say it.
_REMEDIES = {
    "int_parsing": "write a whole number",
    "bool_parsing": "write true or false",
    "time_delta_parsing": "write a duration such as 90s, 15m, 48h or 30d",
    "string_pattern_mismatch": "write DEBUG, INFO, WARNING or ERROR",
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "greater_than": "write more than 0",
}


def _in_words(problem: ErrorDetails) -> str:
    """A wrong setting: its variable, the value as it was written, and what to write."""
    variable = f"CRAWLER_{str(problem['loc'][0]).upper()}"
    known = _REMEDIES.get(problem["type"])
    remedy = known.format_map(problem.get("ctx", {})) if known else problem["msg"].removeprefix("Value error, ")
    return f"{variable} = {os.environ.get(variable, problem['input'])!r}: {remedy}"


def trust_authorities(config: Config) -> None:
    """Make TLS trust `CRAWLER_CA_BUNDLE`, else the system's authorities, else certifi's where the system has none.

    Sets SSL_CERT_FILE of this process: OpenSSL reads it whenever a connection is verified.
    """
    if config.ca_bundle is not None:
        os.environ["SSL_CERT_FILE"] = str(config.ca_bundle)
    elif "SSL_CERT_FILE" not in os.environ and not any(Path(file).is_file() for file in _SYSTEM_BUNDLES):
        os.environ["SSL_CERT_FILE"] = certifi.where()


# Where Debian, Fedora, SUSE and Alpine keep their bundle: the places that pyOpenSSL looks at by itself.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
)
