"""A real ComfyUI server as a process of the tests, driven over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACK = HERE.parents[1]
PYTHON_SOURCE = PACK.parent / "python" / "src"

CHECKPOINTS = Path("models", "diffusion_models")
"""Folder of the server's base directory where it looks for models."""

START_S = 120.0
"""Longest wait for the server to answer; it takes about ten seconds on an idle machine."""

PROMPT_S = 120.0
"""Longest wait for one workflow."""

_POLL_S = 0.05


class RealServer:
    """`main.py --cpu` with only our pack and `tiny_pack` in a base directory of its own.

    root: the checkout. folder: its base directory. Ready when made.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "server.log"
        self._address = f"127.0.0.1:{_free_port()}"
        _prepare(folder)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(root / "main.py"), *self._options()],
                cwd=folder,
                env=_environment(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        try:
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self._log.read_text("utf-8", errors="replace")

    def get(self, path: str) -> Any:
        """The JSON at a path."""
        return self._ask(urllib.request.Request(f"http://{self._address}{path}"))

    def post(self, path: str, content: Mapping[str, Any]) -> Any:
        """The JSON that a POST answers, None where it answers nothing."""
        body = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(
            urllib.request.Request(f"http://{self._address}{path}", data=body, headers=headers)
        )

    def submit(self, workflow: Mapping[str, Any]) -> str:
        """Queues a workflow in the API format, and returns its id."""
        answer = self.post("/prompt", {"prompt": workflow})
        assert answer["node_errors"] == {}
        return str(answer["prompt_id"])

    def wait(self, prompt_id: str) -> Mapping[str, Any]:
        """The history of a prompt, once it is over."""
        deadline = time.monotonic() + PROMPT_S
        while time.monotonic() < deadline:
            history: Mapping[str, Any] = self.get(f"/history/{prompt_id}")
            if prompt_id in history:
                found: Mapping[str, Any] = history[prompt_id]
                return found
            time.sleep(_POLL_S)
        raise TimeoutError(f"the prompt was not over after {PROMPT_S} s:\n{self.log[-4000:]}")

    def run(self, workflow: Mapping[str, Any]) -> Mapping[str, Any]:
        """The history of a workflow that must succeed."""
        history = self.wait(self.submit(workflow))
        status = history["status"]
        assert status["status_str"] == "success", status["messages"]
        return history

    def output(self, history: Mapping[str, Any], node_id: str) -> Path:
        """The file that a `SaveLatent` node wrote."""
        (saved,) = history["outputs"][node_id]["latents"]
        return self.folder / "output" / str(saved["subfolder"]) / str(saved["filename"])

    def wait_for_line(self, text: str, occurrences: int) -> None:
        """Until the log has a text so many times."""
        deadline = time.monotonic() + PROMPT_S
        while self.log.count(text) < occurrences:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the log never had {text}:\n{self.log[-4000:]}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Ends the process, whatever it does."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _options(self) -> Sequence[str]:
        host, _, port = self._address.partition(":")
        return (
            "--cpu",
            "--disable-api-nodes",
            *("--base-directory", str(self.folder)),
            *("--database-url", "sqlite:///:memory:"),
            *("--front-end-root", str(self.folder / "front")),
            *("--listen", host),
            *("--port", port),
        )

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                self.get("/system_stats")
                return
            except (OSError, urllib.error.URLError):
                time.sleep(_POLL_S)
        raise RuntimeError(f"ComfyUI did not start:\n{self.log[-4000:]}")

    @staticmethod
    def _ask(request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{request.full_url}: {error.read().decode()}") from error
        return json.loads(text) if text else None


def _prepare(folder: Path) -> None:
    """The base directory: two node packs, and a page in place of the front end."""
    nodes = folder / "custom_nodes"
    nodes.mkdir()
    (nodes / "forecache-node").symlink_to(PACK, target_is_directory=True)
    (nodes / "tiny_pack.py").symlink_to(HERE / "tiny_pack.py")
    (folder / CHECKPOINTS).mkdir(parents=True)
    (folder / "front").mkdir()
    (folder / "front" / "index.html").write_text("<!doctype html><title>tests</title>", "utf-8")


def _environment(folder: Path) -> dict[str, str]:
    """The tests' own, with the modules that `tiny_pack` and our pack import, and without anybody's
    sidecar: the default socket would be in this folder.
    """
    path = [str(HERE), str(HERE.parent), str(PYTHON_SOURCE), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "XDG_RUNTIME_DIR": str(folder),
        "FORECACHE_PRESETS": str(folder / "presets"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("FORECACHE_SIDECAR", None)
    return environment


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
