"""Where a host listens: Unix sockets for this user only, and loopback interfaces."""

from __future__ import annotations

import os
import re
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from forecache_host.host_error import HostError, invalid_argument

MAX_SOCKET_PATH_BYTES = 107
"""Longest path of a Unix socket: `sun_path` less its NUL."""

_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_LOOPBACK = re.compile(r"localhost|\[::1\]|127(\.\d{1,3}){3}")


@dataclass(frozen=True)
class Address:
    """`unix:/path` (then `path` is set) or `host:port`."""

    text: str
    path: Path | None = None
    host: str = ""
    port: int = 0

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.path is not None or _LOOPBACK.fullmatch(self.host) is not None


def parse_address(text: str) -> Address:
    """Reads `unix:/path` or `host:port`."""
    rule = "unix:/path or host:port"
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path.startswith("/") or path.startswith("//") or "\0" in path:
            raise invalid_argument("address", rule, text)
        length = len(os.fsencode(path))
        if length > MAX_SOCKET_PATH_BYTES:
            limit = f"at most {MAX_SOCKET_PATH_BYTES} bytes long"
            raise invalid_argument("the path of a Unix socket", limit, length)
        return Address(text, path=Path(path))
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or int(match[2]) > 65535:
        raise invalid_argument("address", rule, text)
    return Address(text, host=match[1], port=int(match[2]))


def assert_local(name: str, address: Address) -> None:
    """Raises for an address that other machines reach: there is no authentication."""
    if not address.is_local:
        rule = (
            "a Unix socket or a loopback address (there is no authentication; allow others with "
            "--insecure-non-loopback)"
        )
        raise invalid_argument(name, rule, address.text)


def remove_stale_socket(path: Path) -> None:
    """Removes a socket file that nobody listens on; a live one, or another kind of file, is
    refused.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise _taken(path, "the file there is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:
            raise _taken(path, f"it cannot be asked ({error.strerror})") from error
    raise _taken(path, "another process listens there")


def _taken(path: Path, reason: str) -> HostError:
    return HostError("already-exists", f"cannot listen on unix:{path}: {reason}")
