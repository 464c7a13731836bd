"""The tensor codec and shared files: what goes in comes out, and hostile input gets nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from forecache_host.host_error import HostError
from forecache_host.requests import PlacedTensor, Region
from forecache_host.shared_files import SharedFiles, assert_shared_directory
from forecache_host.stubs import tensor_pb2
from forecache_host.tensor_type import TORCH_DTYPES, TensorType, type_of
from forecache_host.transfer import Transfer
from forecache_host.wire import byte_view, decode_tensor, encode_tensor, from_bytes

FLOAT32 = tensor_pb2.DTYPE_FLOAT32
DIRECTORY = "forecache-0123456789abcdef"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    directory = tmp_path / DIRECTORY
    directory.mkdir()
    (directory / "run").write_bytes(bytes(64))
    return directory


@pytest.mark.parametrize("word", TORCH_DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (2, 1, 4)])
def test_what_is_encoded_is_decoded_to_the_bit(word: str, shape: tuple[int, ...]) -> None:
    values = (100 * torch.randn(shape, generator=torch.Generator().manual_seed(1))).to(
        TORCH_DTYPES[word]
    )
    message = encode_tensor(PlacedTensor(type_of(values), bytes(byte_view(values))))
    decoded = decode_tensor(message, "input")
    assert isinstance(decoded.place, bytes)
    assert torch.equal(from_bytes(decoded.place, decoded.type), values)


def test_bytes_are_little_endian_and_row_major() -> None:
    values = torch.tensor([[1, 2], [3, 256]], dtype=torch.int32).T
    assert bytes(byte_view(values)).hex(" ", 4) == "01000000 03000000 02000000 00010000"


def test_decoded_tensors_are_aligned_and_do_not_share_the_message() -> None:
    tensor = from_bytes(bytes(4 * 33), TensorType("float32", (33,)))
    assert tensor.data_ptr() % 64 == 0
    tensor[0] = 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dtype": 0, "shape": [1], "inline": bytes(4)},
         "input.dtype must be one of DTYPE_FLOAT32, DTYPE_FLOAT16, DTYPE_BFLOAT16, DTYPE_INT32, "
         "DTYPE_INT64, got 0"),
        ({"dtype": FLOAT32, "shape": [0], "inline": b""},
         "input.shape[0] must be an integer in 1..2147483648, got 0"),
        ({"dtype": FLOAT32, "shape": [1] * 9, "inline": bytes(4)},
         "input.shape must be at most 8 dimensions, got 9"),
        ({"dtype": FLOAT32, "shape": [2**31] * 8, "inline": bytes(4)},
         "input.shape must be at most 2^53 - 1 bytes in all, "
         "got [2147483648, 2147483648, 2147483648, 2147483648, 2147483648, 2147483648, "
         "2147483648, 2147483648]"),
        ({"dtype": FLOAT32, "shape": [2**20, 2**20], "inline": bytes(4)},
         "input.inline must be 4398046511104 bytes as dtype and shape say, got 4"),
        ({"dtype": FLOAT32, "shape": [1]},
         "input must be in exactly one place (inline, region or handle), got 0"),
    ],
)  # fmt: skip
def test_hostile_tensors_are_refused_before_anything_is_allocated(
    fields: dict[str, object], message: str
) -> None:
    with pytest.raises(HostError) as refused:
        decode_tensor(tensor_pb2.Tensor(**fields), "input")  # type: ignore[arg-type] # by name
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ({"name": "../etc", "byte_length": 4},
         'input.region.name must be a file name of 1 to 64 characters of [a-z0-9-], got "../etc"'),
        ({"name": "run", "byte_length": 0},
         "input.region.byte_length must be an integer in 1..2^53 - 1, got 0"),
        ({"name": "run", "offset": 2**63, "byte_length": 4},
         "input.region.offset must be an integer in 0..2^53 - 1, got 9223372036854775808"),
        ({"name": "run", "byte_length": 8},
         "input.region.byte_length must be 4 bytes as dtype and shape say, got 8"),
    ],
)  # fmt: skip
def test_hostile_regions_are_refused(region: dict[str, object], message: str) -> None:
    tensor = tensor_pb2.Tensor(dtype=FLOAT32, shape=[1], region=region)  # type: ignore[arg-type] # by name
    with pytest.raises(HostError) as refused:
        decode_tensor(tensor, "input")
    assert str(refused.value) == message


def test_a_region_is_read_and_written_in_place(shared: Path) -> None:
    transfer = Transfer(str(shared), torch.device("cpu"))
    region = Region("run", 16, 8)
    values = torch.tensor([1.5, -2.5])
    placed = transfer.place(values, region)
    assert placed == PlacedTensor(TensorType("float32", (2,)), region)
    assert torch.equal(transfer.resolve(placed, "input"), values)
    assert (shared / "run").read_bytes()[16:24] == bytes(byte_view(values))
    transfer.close()


def test_a_region_behind_the_end_of_its_file_is_refused_and_the_file_stays_as_long(
    shared: Path,
) -> None:
    files = SharedFiles(str(shared))
    with pytest.raises(HostError) as refused:
        files.write(Region("run", 60, 8), memoryview(bytes(8)))
    assert str(refused.value) == (
        "region run: offset + byte_length must be <= the file's 64 bytes, got 68"
    )
    assert (shared / "run").stat().st_size == 64
    files.close()


def test_a_file_that_was_cut_is_found_out(shared: Path) -> None:
    files = SharedFiles(str(shared))
    files.assert_region(Region("run", 0, 64))
    os.truncate(shared / "run", 8)
    with pytest.raises(HostError, match="<= the file's 8 bytes, got 64"):
        files.read_into(Region("run", 0, 64), memoryview(bytearray(64)))
    files.close()


def test_links_directories_and_missing_files_are_refused(shared: Path) -> None:
    (shared / "link").symlink_to("/etc/passwd")
    (shared / "folder").mkdir()
    os.mkfifo(shared / "pipe")
    files = SharedFiles(str(shared))
    refusals = {
        "link": "shared memory link cannot be opened: ELOOP",
        "folder": "shared memory folder cannot be opened: EISDIR",
        "pipe": "shared memory pipe cannot be opened: it is not a regular file",
        "none": "shared memory none does not exist",
    }
    for name, message in refusals.items():
        with pytest.raises(HostError) as refused:
            files.assert_region(Region(name, 0, 4))
        assert str(refused.value) == message


@pytest.mark.parametrize("path", ["/etc", "forecache-0123456789abcdef", f"/tmp/../{DIRECTORY}"])
def test_only_shared_directories_are_opened(path: str) -> None:
    with pytest.raises(HostError) as refused:
        assert_shared_directory(path)
    assert str(refused.value) == (
        f'shared_directory must be the absolute path of a directory named forecache-*, got "{path}"'
    )
