"""Every loopback address as a small news site that never has anything new. Prints its port, then serves."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "<p>" + "The council met on Monday and decided about the bridge. " * 9 + "</p>"
STORY = f"<html><body><article><h1>A story of the bridge</h1>{TEXT}</article></body></html>"
FEED = '<rss version="2.0"><channel><title>x</title><item><title>A story</title><link>{}</link></item></channel></rss>'


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        pages = {
            "/robots.txt": ("text/plain", "User-agent: *\nDisallow:\n"),
            "/rss.xml": ("application/rss+xml", FEED.format(f"http://{self.headers['Host']}/news/bridge/")),
            "/news/bridge/": ("text/html", STORY.replace("bridge", f"bridge of {self.headers['Host']}")),
        }
        kind, page = pages[self.path]
        known = "if-none-match" in self.headers
        body = b"" if known else page.encode()
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"as ever"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("0.0.0.0", 0), Site)
    print(server.server_port, flush=True)
    server.serve_forever()
