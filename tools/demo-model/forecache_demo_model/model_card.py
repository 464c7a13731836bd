"""Writes the model card from what was measured: `python -m forecache_demo_model.model_card`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from .check_quality import QUALITY_FILE
from .manifest import MANIFEST_FILE, PACKAGE_FOLDER

CARD_FILE = "MODEL_CARD.md"
TEMPLATE = Path(__file__).with_name("model_card_template.md")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, default=PACKAGE_FOLDER)
    package = parser.parse_args(arguments).package
    (package / CARD_FILE).write_text(render(package), encoding="utf-8")


def render(package: Path) -> str:
    """The card of a package that holds a manifest, its statistics and `quality.json`."""
    model = package / "model"
    manifest = json.loads((model / MANIFEST_FILE).read_text())
    quality = json.loads((package / QUALITY_FILE).read_text())
    reference = json.loads((model / manifest["reference"]["file"]).read_text())
    training, judge, network = (manifest[part] for part in ("training", "classifier", "config"))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        {f"network_{name}": value for name, value in network.items()},
        **{f"training_{name}": value for name, value in training.items()},
        **{f"judge_{name}": value for name, value in judge.items()},
        parameters=f"{parameter_count(network):,}",
        steps_done=f"{training['trainedSteps']:,}",
        megaflops=f"{manifest['flopsPerSample'] / 1e6:.0f}",
        megabytes=f"{sum(path.stat().st_size for path in model.iterdir()) / 1e6:.1f}",
        training_minutes=round(training["seconds"] / 60),
        sampler_steps=quality["steps"],
        guidance=f"{quality['guidance']:g}",
        samples=f"{quality['samples']:,}",
        per_class=quality["samples"] // len(quality["accuracyByClass"]),
        sample_seed=quality["seed"],
        judge_percent=_percent(judge["testAccuracy"]),
        frechet_train_test=f"{reference['frechetTrainTest']:.2f}",
        difference=f"{manifest['check']['network']:.0e}",
        by_token_difference=f"{manifest['check']['byToken']:.0e}",
        sweep_table=_sweep_table(quality),
        class_table=_class_table(quality["accuracyByClass"]),
    )


def parameter_count(network: dict[str, int]) -> int:
    """Trained numbers of the network, from its sizes in the manifest."""
    width, depth, pixels = network["width"], network["depth"], network["patch"] ** 2
    embed = (pixels + 1) * width + (network["frequencySize"] + 1 + width + 1) * width + 11 * width
    modulation = (width + 1) * (6 * depth + 2) * width
    attention = (width + 1) * 3 * width + (width + 1) * width
    mlp = (width + 1) * 4 * width + (4 * width + 1) * width
    return embed + modulation + depth * (attention + mlp) + (width + 1) * pixels


def _sweep_table(quality: dict) -> str:
    rows = [
        (f"{result['guidance']:g}", result["classAccuracy"], result["frechet"])
        for result in quality["sweep"]
    ]
    real = quality["realImages"]
    rows.append(("real test images", real["classAccuracy"], real["frechet"]))
    cells = [(name, _percent(accuracy), f"{frechet:.2f}") for name, accuracy, frechet in rows]
    return _table(("guidance", "class accuracy", "Fréchet distance"), cells)


def _class_table(accuracy_by_class: dict[str, float]) -> str:
    cells = [(name, _percent(accuracy)) for name, accuracy in accuracy_by_class.items()]
    return _table(("class", "recognised"), cells)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with padded columns, as prettier writes it; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return f"| {' | '.join([first, *rest])} |"

    return "\n".join([line(header), line(rule), *map(line, rows)])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


if __name__ == "__main__":
    main()
