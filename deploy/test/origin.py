"""A web server that has images, and misbehaves at some of its paths."""

import http.server
import socket
import threading
import time


class Origin(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, images):
        super().__init__(("127.0.0.1", 0), Handler)
        self.images = images
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.lstrip("/")
        image = self.server.images.get(path)
        try:
            if image:
                self.reply(200, image)
            elif path == "page":
                self.reply(200, b"<html>no image</html>")
            elif path == "loop":
                self.reply(302, b"", ("Location", "/loop"))
            elif path == "broken":
                self.reply(200, self.server.images["a.png"][:5000], length=500_000)
            elif path == "cut":
                self.reply(200, self.server.images["a.jpg"][:200])
            elif path == "drip":
                self.reply(200, b"", length=100_000)
                for _ in range(20):
                    self.wfile.write(b"\xff\xd8\xff")
                    self.wfile.flush()
                    time.sleep(0.1)
            elif path == "silent":
                time.sleep(3)
            elif path == "slow":
                time.sleep(0.4)
                self.reply(200, self.server.images["a.jpg"])
            elif path == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            elif path == "error":
                self.reply(503, b"", ("Retry-After", "7"))
            else:
                self.reply(404, b"")
        except OSError:
            pass
        self.close_connection = True

    def reply(self, status, body, header=None, length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if header:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
