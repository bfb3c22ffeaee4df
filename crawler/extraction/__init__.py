"""HTML -> the fields of an article, each with its origin. Pure: bytes in, values out; no network, no clock."""

from crawler.extraction.extract import EXTRACTOR_VERSION as EXTRACTOR_VERSION
from crawler.extraction.extract import extract as extract
from crawler.extraction.extract import extract_page as extract_page
from crawler.extraction.extract import readings as readings
from crawler.extraction.page import Page as Page
