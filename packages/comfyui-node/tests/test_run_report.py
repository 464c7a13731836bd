"""What a run tells people and programs."""

from __future__ import annotations

import json

from forecache.plan import RunOutcome
from forecache_comfyui.run_log import NoWatcher, RunLog
from forecache_comfyui.run_report import FORECAST, FULL, Evaluation, RunReport


def report(full: int = 3, forecast: int = 2) -> RunReport:
    """Full evaluations of 2 s, then forecast ones of half a second."""
    made = RunReport("WanModel", "euler", 20, node_id="7")
    for index in range(full + forecast):
        kind = FULL if index < full else FORECAST
        made.timeline.append(Evaluation(index, 1 - index / 20, kind))
        made.stopwatch.seconds[kind].append(2.0 if kind == FULL else 0.5)
    return made


def test_counts_and_times() -> None:
    made = report()
    assert (made.full, made.forecast) == (3, 2)
    # Two evaluations of 2 s took 0.5 s each; 10 s of work were done in 7 s.
    assert made.saved_seconds == 3.0
    assert made.speedup == 10 / 7


def test_before_there_is_anything_the_speed_is_as_it_was() -> None:
    made = RunReport("WanModel", "euler", 20)
    assert (made.speedup, made.saved_seconds, made.forecast_error) == (1.0, 0.0, None)
    assert made.progress() == "0/20 · 0 forecast"


def test_the_line_on_the_node() -> None:
    made = report()
    made.errors += [0.004, 0.012]
    assert made.progress() == "5/20 · 2 forecast · 1.4× · error 0.8 %"
    made.bypass = "EasyCache is on the same model"
    assert made.progress().endswith(" · EasyCache is on the same model")


def test_every_evaluation_gets_its_seconds() -> None:
    made = report()
    made.settle()
    assert [each.seconds for each in made.timeline] == [2.0, 2.0, 2.0, 0.5, 0.5]


def test_facts_are_json() -> None:
    made = report()
    made.outcome = RunOutcome.INTERRUPTED
    made.reasons["no"] += 2
    facts = json.loads(json.dumps(made.facts()))
    assert facts["outcome"] == "interrupted"
    assert facts["reasons"] == {"no": 2}
    assert facts["timeline"][4] == {
        "index": 4,
        "sigma": 0.8,
        "action": "forecast",
        "reasons": [],
        "seconds": None,
    }


def test_the_text_names_what_happened() -> None:
    made = report()
    made.warn("module cannot be reached")
    made.reasons["the history is short"] += 2
    text = made.text()
    assert text.startswith("WanModel, euler: 3 of 5 evaluations computed, 2 forecast\n")
    assert "speed-up    1.43× (3.00 s saved)" in text
    assert "error       not measured" in text
    assert "computed    2 × the history is short" in text
    assert "warning     module cannot be reached" in text


def test_a_warning_is_said_once() -> None:
    made = report()
    log = RunLog(made, NoWatcher(), verbose=True)
    log.warn("mind the gap")
    log.warn("mind the gap")
    assert made.warnings == ["mind the gap"]


def test_nothing_skipped_is_loud() -> None:
    made = report(full=5, forecast=0)
    RunLog(made, NoWatcher(), verbose=False).ended()
    assert made.warnings == ["nothing was skipped: the plan had no forecast for these evaluations"]


def test_a_watcher_that_fails_does_no_harm() -> None:
    class Broken(NoWatcher):
        def progressed(self, report: RunReport) -> None:
            raise RuntimeError("no screen")

    log = RunLog(report(), Broken(), verbose=True)
    log.progressed()
    assert log.report.warnings == []
