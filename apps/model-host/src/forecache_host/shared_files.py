"""Shared files: the model host's side of `SharedRegion`."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from forecache_host.host_error import HostError, invalid_argument
from forecache_host.requests import Region

_DIRECTORY_NAME = re.compile(r"forecache-[a-z0-9]{16}")


def assert_shared_directory(path: str) -> None:
    """Raises unless `path` can be a shared directory. A peer that names `/etc` gets nowhere."""
    if path == "":
        return
    is_plain = Path(path).is_absolute() and os.path.normpath(path) == path
    if is_plain and _DIRECTORY_NAME.fullmatch(Path(path).name):
        return
    rule = "the absolute path of a directory named forecache-*"
    raise invalid_argument("shared_directory", rule, path)


class SharedFiles:
    """The shared files of one run. They stay open until `close`; a second close is not an error."""

    def __init__(self, directory: str) -> None:
        assert_shared_directory(directory)
        self._directory = directory
        self._descriptors: dict[str, int] = {}

    def assert_region(self, region: Region) -> None:
        """Raises unless the region ends inside the file. To be called before allocating."""
        size = os.fstat(self._open(region.name)).st_size
        end = region.offset + region.byte_length
        if end > size:
            name = f"region {region.name}: offset + byte_length"
            raise invalid_argument(name, f"<= the file's {size} bytes", end)

    def read_into(self, region: Region, target: memoryview) -> None:
        """Fills `target`, as long as the region, with its bytes."""
        self.assert_region(region)
        descriptor = self._open(region.name)
        done = 0
        while done < len(target):
            count = os.preadv(descriptor, [target[done:]], region.offset + done)
            if count == 0:
                end = region.offset + done
                message = f"shared memory {region.name}: cut to {end} bytes while it was read"
                raise HostError("failed-precondition", message)
            done += count

    def write(self, region: Region, source: memoryview) -> None:
        """Writes `source`, as long as the region. A file that was cut meanwhile is not made long
        again.
        """
        self.assert_region(region)
        descriptor = self._open(region.name)
        done = 0
        while done < len(source):
            done += os.pwritev(descriptor, [source[done:]], region.offset + done)

    def close(self) -> None:
        """Closes every file."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    def _open(self, name: str) -> int:
        if name not in self._descriptors:
            if self._directory == "":
                raise _refused(name, "the run has no shared directory")
            self._descriptors[name] = _open_regular(Path(self._directory), name)
        return self._descriptors[name]


def _open_regular(directory: Path, name: str) -> int:
    """Links and special files are refused."""
    try:
        if not stat.S_ISDIR(directory.lstat().st_mode):
            raise _refused(name, "its directory is a link")
        descriptor = os.open(directory / name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise HostError("not-found", f"shared memory {name} does not exist") from error
    except OSError as error:
        raise _refused(name, errno.errorcode.get(error.errno or 0, str(error))) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise _refused(name, "it is not a regular file")


def _refused(name: str, reason: str) -> HostError:
    return HostError("failed-precondition", f"shared memory {name} cannot be opened: {reason}")
