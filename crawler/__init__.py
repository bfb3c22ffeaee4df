"""A scheduled news crawler.

The way of the data goes one way::

    sources -> discovery -> spiders -> extraction -> pipelines -> storage -> cli | web | export
    scheduling decides when, and starts each crawl as a process of its own

articles      what a story is: addresses, dates, text, language, verdict. Pure.
sources       where stories come from: one TOML file a site. Declarations.
discovery     bytes of feeds, sitemaps and listings -> links. Pure.
extraction    HTML -> fields, each with the reader that supplied it. Pure.
duplicates    fingerprints of a text. Pure.
storage       the database: tables, named questions, migrations' target
spiders, pipelines, middlewares, extensions    the Scrapy side
scheduling    when a source is crawled; runs, attempts, their ends
monitoring    what was recorded, asked: why an article is missing, what needs attention
export        articles as files
web           the database and the crawl over HTTP: dashboard and API
cli, demo     what a person types and sees
"""

__version__ = "0.1.0"
