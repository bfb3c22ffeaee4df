"""The Scrapy side: one spider class for all sites, a loader that makes every declared source a spider."""
