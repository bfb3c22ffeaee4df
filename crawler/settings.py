"""Scrapy settings: politeness first, then the order of the pipeline. Read by Scrapy; holds no deployment's values."""

from __future__ import annotations

from crawler import __version__
from crawler.config import HOME, load_config, trust_authorities

_config = load_config()
trust_authorities(_config)

BOT_NAME = "news-crawler"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SourceSpiderLoader"
SPIDER_MODULES: list[str] = []

# --- Politeness -------------------------------------------------------------------------------------------------------
USER_AGENT = f"news-crawler/{__version__} (+{_config.contact or HOME})"
ROBOTSTXT_USER_AGENT = "news-crawler"
# Scrapy's own middleware crawls on when robots.txt cannot be reached; ours does not (RFC 9309).
ROBOTSTXT_OBEY = False
# One at a time, of all hosts of a source together: a request that waits in a queue would be sent although its host has
# just asked to be left alone.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0  # seconds; a source may set its own
DOWNLOAD_DELAY_JITTER = 0.05  # of the pause, so that requests do not come by the clock; see middlewares/politeness.py
COOKIES_ENABLED = False

# --- Bounds -----------------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30  # seconds
DOWNLOAD_MAXSIZE = 10_000_000  # bytes
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 2083
# Items of one answer that are processed at once; Scrapy starts as many tasks for each answer, and ours hold one item.
CONCURRENT_ITEMS = 4
# Pages wait for their batch to be stored (100 of them, or a second's worth); Scrapy's 5 MB would halt the crawl.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 50_000_000  # bytes
RETRY_TIMES = 1  # the ledger of links tries again in later runs, with growing pauses
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 set the whole host aside
RETRY_GIVE_UP_LOG_LEVEL = "WARNING"
CLOSESPIDER_TIMEOUT = int(_config.run_timeout.total_seconds())
TWISTED_DNS_RESOLVER = "crawler.middlewares.guard.GuardedResolver"
DNS_TIMEOUT = 20  # seconds

# Pages come over HTTP only: an address that a site names must not read a file of this machine.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}

# --- The way of an item -----------------------------------------------------------------------------------------------
ITEM_PIPELINES = {
    "crawler.pipelines.normalise.NormalisePipeline": 100,
    "crawler.pipelines.deduplicate.DeduplicatePipeline": 200,
    "crawler.pipelines.store.StorePipeline": 300,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.guard.GuardMiddleware": 40,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.politeness.PolitenessMiddleware": 120,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    # Requests come from lists and from the ledger of links: there is no depth.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    # The recorder opens the run, so it comes before what writes into it.
    "crawler.extensions.recorder.Recorder": 10,
    "crawler.extensions.progress.Progress": 20,
    "crawler.extensions.prompt_end.PromptEnd": 30,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False

# --- Log --------------------------------------------------------------------------------------------------------------
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOG_FORMATTER = "crawler.extensions.run_log.QuietLogFormatter"
STATS_DUMP = False
FEED_EXPORT_ENCODING = "utf-8"
