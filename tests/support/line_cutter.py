"""A way to a server that can be cut: what was under way is lost, and nobody gets through until it is mended."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class LineCutter:
    """TCP in threads of its own, so that a browser that is waited for is not waited for in vain."""

    def __init__(self, port: int) -> None:
        self._there = port
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """End every connection, and let nobody through."""
        with self._lock:
            self._is_cut = True
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._server.accept()
                threading.Thread(target=self._carry_both, args=(here,), daemon=True).start()

    def _carry_both(self, here: socket.socket) -> None:
        with here, socket.create_connection(("127.0.0.1", self._there)) as there:
            with self._lock:
                if self._is_cut:
                    return
                self._open |= {here, there}
            back = threading.Thread(target=_carry, args=(there, here), daemon=True)
            back.start()
            _carry(here, there)
            back.join(timeout=5)
            with self._lock:
                self._open -= {here, there}


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
