"""Deployment configuration: the only reader of CRAWLER_* variables. Decides nothing."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from platformdirs import user_config_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crawler.errors import ConfigError

APP = "news-crawler"


class Config(BaseSettings):
    """What a deployment may set, by environment variables `CRAWLER_<NAME>`. Durations: seconds or ISO 8601 (PT1H)."""

    model_config = SettingsConfigDict(env_prefix="CRAWLER_", extra="ignore", frozen=True)

    database_url: SecretStr = Field(SecretStr(""), description="SQLAlchemy address; default: SQLite in the user's data folder")
    sources: tuple[Path, ...] = Field((), description="folders with source files of your own; default: the user's configuration folder")
    contact: str = Field("", description="address or page put into the user agent, so that a site can reach you")
    timezone: str = Field("", description="zone of printed times and of dates you type; default: the machine's")
    ca_bundle: Path | None = Field(None, description="PEM file of certificate authorities to trust; default: the system's")
    allow_private_addresses: bool = Field(False, description="let spiders fetch loopback and private networks")
    run_timeout: timedelta = Field(timedelta(hours=1), description="after this a run is stopped", gt=timedelta(0))
    concurrent_runs: int = Field(4, ge=1, le=64, description="runs at once of one runner")
    heartbeat: timedelta = Field(timedelta(seconds=5), description="a run writes its heartbeat this often", gt=timedelta(0))
    log_level: str = Field("INFO", description="least level of the run log in the database", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    keep_logs: timedelta = Field(timedelta(days=30), description="run logs older than this are pruned")
    keep_fetches: timedelta = Field(timedelta(days=14), description="records of fetched addresses older than this are pruned")
    keep_attempts: timedelta = Field(timedelta(days=90), description="run attempts older than this are pruned")
    max_log_rows: int = Field(5_000_000, ge=1_000, description="log records kept at most; the oldest go first")

    @field_validator("sources", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        """One folder or several, separated as in PATH."""
        import os

        return tuple(Path(p) for p in value.split(os.pathsep) if p) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except Exception:
                raise ValueError("not a time zone; write a name such as Asia/Almaty") from None
        return value
