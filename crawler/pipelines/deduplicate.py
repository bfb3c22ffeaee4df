"""Second stage: what an article is known again by. Computes the marks; the store compares them in its transaction."""

from __future__ import annotations

from scrapy.crawler import Crawler

from crawler.duplicates.fingerprint import content_hash
from crawler.duplicates.sketch import fingerprint
from crawler.sources.address import locate
from crawler.sources.source import Source
from crawler.spiders.items import LinkEnded, PageRead
from crawler.spiders.news import NewsSpider


class DeduplicatePipeline:
    """Marks an article with its edition, its site key and the hash of its text."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeduplicatePipeline:
        return cls(crawler)

    def process_item(self, item: PageRead | LinkEnded) -> PageRead | LinkEnded:
        if isinstance(item, PageRead):
            assert isinstance(self._crawler.spider, NewsSpider)
            mark(item, self._crawler.spider.source)
        return item


def mark(item: PageRead, source: Source) -> None:
    """Fill in edition, site key, content hash and the marks by which near-duplicates are found."""
    article = item.article
    address = locate(article.canonical_url, source) or locate(article.url, source)
    edition = address.edition if address else source.editions[0]
    item.edition = edition.id
    if edition.id_is_key and article.site_article_id:
        item.site_key = f"{edition.host}/{article.site_article_id}"
    item.content_hash = content_hash(article.headline, article.lead, article.body)
    item.fingerprint = fingerprint(article.text)
