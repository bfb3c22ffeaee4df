"""First stage: an article's fields in their stored form, whoever read it. Changes nothing in what is normalised."""

from __future__ import annotations

from crawler.articles.normalise import normalise_article
from crawler.spiders.items import LinkEnded, PageRead


class NormalisePipeline:
    """Normalises what spiders with a reader of their own may not have; extraction's articles pass as they are."""

    def process_item(self, item: PageRead | LinkEnded) -> PageRead | LinkEnded:
        if isinstance(item, PageRead):
            item.article = normalise_article(item.article)
        return item
