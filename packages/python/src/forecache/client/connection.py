"""The channel to a sidecar: made when first used, made anew after a failure and after a fork."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc

from forecache._generated.forecache.v1.cache_pb2_grpc import CacheServiceStub
from forecache.errors import ForecacheError

HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")

MAX_SOCKET_PATH_BYTES = 107
"""Longest path of a Unix socket: `sun_path` less its NUL."""

MAX_MESSAGE_BYTES = 64 * 2**20
"""Largest answer, the sidecar's own limit."""

_OPTIONS = (
    # Another channel's failures and pauses are none of this one's business.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    # A sidecar is on this machine or behind a TLS address that the user chose; a web proxy serves
    # neither.
    ("grpc.enable_http_proxy", 0),
)

_left_behind: list[grpc.Channel] = []
"""A parent's channels in a forked child: to close or to collect one there can hang."""


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM format for a connection with TLS.

    root: certificates that sign the server's; None: those that gRPC ships.
    certificate, key: what this client shows, both or neither.
    """

    root: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ForecacheError("tls.certificate and tls.key must be given together")

    def credentials(self) -> grpc.ChannelCredentials:
        """The files' contents. Raises ForecacheError for a file that cannot be read."""
        parts = {
            name: _read(f"tls.{name}", getattr(self, name))
            for name in ("root", "key", "certificate")
        }
        return grpc.ssl_channel_credentials(parts["root"], parts["key"], parts["certificate"])


class Connection:
    """One channel to `address` (`unix:/path` or `host:port`), shared by the runs of a source."""

    def __init__(self, address: str, tls: TlsFiles | None = None) -> None:
        assert_address(address)
        self.address = address
        self._credentials = None if tls is None else tls.credentials()
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._pid = 0

    def service(self) -> CacheServiceStub:
        """The sidecar's methods on this process's channel."""
        with self._lock:
            if self._channel is not None and self._pid != os.getpid():
                _left_behind.append(self._channel)
                self._channel = None
            if self._channel is None:
                self._channel = self._open()
                self._pid = os.getpid()
            return CacheServiceStub(self._channel)

    def renew(self) -> None:
        """The next question opens another channel, without waiting; open runs keep theirs."""
        with self._lock:
            if self._pid != os.getpid() and self._channel is not None:
                _left_behind.append(self._channel)
            self._channel = None

    def close(self) -> None:
        """Closes the channel, for open runs too."""
        with self._lock:
            if self._channel is not None and self._pid == os.getpid():
                self._channel.close()
            self._channel = None

    def _open(self) -> grpc.Channel:
        if self._credentials is None:
            return grpc.insecure_channel(self.address, options=_OPTIONS)
        return grpc.secure_channel(self.address, self._credentials, options=_OPTIONS)


def assert_address(address: str) -> None:
    """Raises ForecacheError unless this is `unix:/path` or `host:port`."""
    rule = f"sidecar must be unix:/path or host:port, got {address}"
    if not address.startswith("unix:"):
        if HOST_AND_PORT.fullmatch(address) is None:
            raise ForecacheError(rule)
        return
    path = address.removeprefix("unix:")
    if not path.startswith("/") or path.startswith("//") or "\0" in path:
        raise ForecacheError(rule)
    length = len(os.fsencode(path))
    if length > MAX_SOCKET_PATH_BYTES:
        raise ForecacheError(
            f"the path of a Unix socket must be at most {MAX_SOCKET_PATH_BYTES} bytes long, "
            f"got {length}"
        )


def _read(name: str, file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ForecacheError(
            f"{name} must be a readable file, got {file}: {error.strerror}"
        ) from error
