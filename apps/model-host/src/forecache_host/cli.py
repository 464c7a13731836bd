"""`forecache-host`: serves a Diffusers transformer to a sidecar until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from forecache.errors import ForecacheError
from forecache_host import options as checked
from forecache_host.host_error import HostError
from forecache_host.load_network import load_network
from forecache_host.options import HostOptions
from forecache_host.server import ModelHostServer, ServerLimits

EXIT_WITH_PARENT = "FORECACHE_EXIT_WITH_PARENT"
"""Set to 1 for a host that must not outlive its parent: it stops when its standard input ends."""

_log = logging.getLogger("forecache_host")

_EPILOG = """\
Environment: FORECACHE_HOST_LISTEN (separated by commas), FORECACHE_MODEL, FORECACHE_THREADS,
FORECACHE_INSECURE_NON_LOOPBACK (0 or 1). The command line comes first.

There is no authentication and no encryption: whoever reaches a listening address can run the
model and read every tensor."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 after a stop, 2 for a wrong option, 1 when it cannot start."""
    raw = parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        options = compile_options(raw, os.environ)
        asyncio.run(serve(options, os.environ))
    except (HostError, ForecacheError) as error:
        print(f"forecache-host: {error}", file=sys.stderr)
        is_wrong = isinstance(error, ForecacheError) or error.code == "invalid-argument"
        return 2 if is_wrong else 1
    return 0


def compile_options(raw: argparse.Namespace, env: Mapping[str, str]) -> HostOptions:
    """Command line, then environment, then default; every value checked once."""
    listen = raw.listen or [
        each for each in env.get("FORECACHE_HOST_LISTEN", "").split(",") if each
    ]
    if not listen:
        raise ForecacheError("--listen must be given: unix:/path or host:port")
    model = raw.model or env.get("FORECACHE_MODEL")
    if raw.tiny_dit == (model is not None):
        raise ForecacheError("give one of --model and --tiny-dit")
    threads = raw.threads or env.get("FORECACHE_THREADS")
    may_leave = raw.insecure_non_loopback or checked.flag(env, "FORECACHE_INSECURE_NON_LOOPBACK")
    return HostOptions(
        listen=checked.addresses(listen, may_leave_machine=may_leave),
        model=None if model is None else Path(model),
        call_file=None if raw.call is None else Path(raw.call),
        device=checked.device(raw.device),
        dtype=checked.dtype(raw.dtype),
        threads=None if threads is None else checked.integer("--threads", threads),
        max_runs=checked.integer("--max-runs", raw.max_runs),
        max_run_bytes=checked.integer("--max-run-bytes", raw.max_run_bytes),
        max_message_bytes=checked.integer("--max-message-bytes", raw.max_message_bytes),
        ready_file=None if raw.ready_file is None else Path(raw.ready_file),
        is_printed=raw.json,
    )


async def serve(options: HostOptions, env: Mapping[str, str]) -> None:
    """Loads the network, says that it is ready, and serves until SIGINT, SIGTERM or SIGHUP.

    A second signal ends the process at once, with code 1.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if stopped.is_set():
            os._exit(1)
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    if env.get(EXIT_WITH_PARENT) == "1":
        watch_parent(loop, stopped)
    network = load_network(options)
    limits = ServerLimits(options.max_message_bytes, options.max_run_bytes, options.max_runs)
    server = ModelHostServer(network, limits, options.threads)
    try:
        addresses = await server.listen(options.listen)
        announce(addresses, options)
        _log.info("listening on %s with %s", ", ".join(addresses), network.description.model)
        await stopped.wait()
    finally:
        await server.close()
        if options.ready_file is not None:
            options.ready_file.unlink(missing_ok=True)
    _log.info("stopped")


def announce(addresses: Sequence[str], options: HostOptions) -> None:
    """Writes the line of JSON. Whoever waits for the file never reads half of it."""
    line = json.dumps({"ready": True, "addresses": list(addresses)}) + "\n"
    if options.ready_file is not None:
        partial = options.ready_file.with_name(f"{options.ready_file.name}.partial")
        partial.write_text(line)
        partial.replace(options.ready_file)
    if options.is_printed:
        sys.stdout.write(line)
        sys.stdout.flush()


def watch_parent(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """Stops the host when its standard input ends, however its parent died."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    known = argparse.ArgumentParser(
        prog="forecache-host",
        description="Serve a Diffusers transformer to a forecache sidecar until stopped.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = known.add_argument
    add("--model", metavar="DIRECTORY", help="a Diffusers transformer, saved with save_pretrained")
    add("--tiny-dit", action="store_true", help="serve a small DiT with random weights, for tests")
    add("--call", metavar="FILE", help="JSON with the shapes of a call (see README)")
    add("--device", default="cpu", help="cpu, cuda or cuda:<number> (default: cpu)")
    add("--dtype", default="float32", help="float32, float16 or bfloat16 (default: float32)")
    add("--listen", action="append", metavar="ADDRESS", help="unix:PATH or HOST:PORT, repeatable")
    add("--threads", metavar="COUNT", help="threads within one operation (default: PyTorch's)")
    add("--max-runs", default="64", metavar="COUNT", help="runs open at one time (default: 64)")
    add("--max-run-bytes", default=str(checked.DEFAULT_RUN_BYTES), metavar="BYTES",
        help="history and kept tensors of one run (default: 1 GiB)")  # fmt: skip
    add("--max-message-bytes", default=str(checked.DEFAULT_MESSAGE_BYTES), metavar="BYTES",
        help="one gRPC message (default: 64 MiB)")  # fmt: skip
    add("--ready-file", metavar="FILE", help="write a line of JSON with the addresses when ready")
    add("--json", action="store_true", help="print that line to standard output")
    add("--insecure-non-loopback", action="store_true",
        help="allow addresses that other machines reach, without any protection")  # fmt: skip
    return known
