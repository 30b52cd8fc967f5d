"""How many small faults in token, registry and rule book do the forge tests notice?

    python tools/mutation.py --sample 300 --seed 1

Works on the copies of tools/workshop.py, never on the sources. A run that was ended goes on where it was: every answer
is a line of a log. It counts as long as sources, tools and tests are what they were; of the tests only the file of the
one that noticed the fault, when that one fuzzes nothing and will therefore notice it again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from environments import ROOT, Missing, say
from mutants import GROUPS, Mutant, sample
from workshop import FOLDER, Worker, each, state

EQUIVALENT = ROOT / "tools" / "mutation-equivalent.toml"

# First what is quick: the tests that fuzz nothing find most, then a short fuzzing of all; what survives both is asked
# again with the settings that are committed.
PLAIN = ("--match-test", "^test_")
QUICK = {"FOUNDRY_FUZZ_RUNS": "24", "FOUNDRY_INVARIANT_RUNS": "2"}


def run(size: int, seed: int) -> dict[str, Any]:
    """Figures per group and the survivors, of the mutants that ``size`` and ``seed`` draw."""
    chosen = sample(ROOT, size, seed)
    listed = _listed()
    excused = {mutant.key for mutant in chosen if (mutant.file, mutant.before, mutant.after) in listed}
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / "answers.jsonl"
    answers = {
        entry["key"]: entry
        for entry in _read(log)
        if entry["state"] == _state(entry["killer"]) and (entry["outcome"] != "equivalent" or entry["key"] in excused)
    }
    waiting = [mutant for mutant in chosen if mutant.key not in answers]
    if waiting:
        say(f"mutation: {len(waiting)} of {len(chosen)} mutants to try")
        for mutant, answer in each(waiting, partial(_answer, excused)):
            answers[mutant.key] = {"key": mutant.key, "state": _state(answer["killer"]), **answer}
            with log.open("a", encoding="utf-8") as out:
                out.write(json.dumps(answers[mutant.key]) + "\n")
            done = sum(other.key in answers for other in chosen)
            place = f"{mutant.file}:{mutant.line} {mutant.after}"
            say(f"{done}/{len(chosen)} {answer['outcome']} {answer['seconds']:.0f} s  {place}")
    return _figures(chosen, answers, excused, seed)


def _figures(
    chosen: list[Mutant], answers: dict[str, Any], excused: set[str], seed: int
) -> dict[str, Any]:
    groups: dict[str, Counter[str]] = {name: Counter() for name in GROUPS}
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    survivors = []
    for mutant in chosen:
        outcome = answers[mutant.key]["outcome"]
        if outcome == "survived" and mutant.key in excused:
            outcome = "equivalent"
        groups[mutant.group][outcome] += 1
        kinds[mutant.operator][outcome] += 1
        if outcome == "survived":
            place = {"file": mutant.file, "line": mutant.line, "operator": mutant.operator}
            survivors.append({**place, "before": mutant.before, "after": mutant.after})
    every = sum(groups.values(), Counter())
    seconds = sum(answers[mutant.key]["seconds"] for mutant in chosen)
    return {
        "seed": seed,
        "total": _score(every),
        "groups": {name: _score(counted) for name, counted in groups.items()},
        "kinds": {name: _score(kinds[name]) for name in sorted(kinds)},
        "seconds_per_mutant": round(seconds / max(1, len(chosen)), 1),
        "survivors": sorted(survivors, key=lambda s: (s["file"], s["line"], s["after"])),
    }


def _score(counted: Counter[str]) -> dict[str, Any]:
    """``same_code`` gave the compiler's very bytes, ``equivalent`` is listed with its reason; neither counts."""
    valid = counted["killed"] + counted["survived"]
    return {
        "mutants": counted.total(),
        **{name: counted[name] for name in ("invalid", "same_code", "equivalent", "killed", "survived")},
        "score": round(100 * counted["killed"] / valid, 1) if valid else None,
    }


def _listed() -> set[tuple[str, str, str]]:
    """Survivors that no test can notice, by file and texts, so that they outlive a change of lines."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return {(entry["file"], entry["before"], entry["after"]) for entry in entries}


def _read(log: Path) -> Iterator[dict[str, Any]]:
    """Whole lines only: the last one may be torn."""
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _state(killer: str) -> str:
    """Of what decided an answer."""
    file, _, test = killer.partition(":")
    plain = ".test_" in test or test.endswith(".setUp")
    return state(file) if plain and (ROOT / file).exists() else state()


def _answer(excused: set[str], worker: Worker, mutant: Mutant) -> dict[str, Any]:
    """What became of a mutant, who noticed it, and in how many seconds. One on the list is looked at quickly alone."""
    start = time.monotonic()
    with worker.planted(mutant) as trouble:
        killer = "" if trouble else worker.failing({}, *PLAIN) or worker.failing(QUICK)
        listed = not trouble and not killer and mutant.key in excused
        if not (trouble or killer or listed):
            killer = worker.failing({})
    outcome = trouble or ("killed" if killer else "equivalent" if listed else "survived")
    return {"outcome": outcome, "killer": killer, "seconds": round(time.monotonic() - start, 1)}


def main() -> int:
    """Run the sample and print the figures."""
    asked = argparse.ArgumentParser(description="How many small faults in the contracts do the forge tests notice?")
    asked.add_argument("--sample", type=int, default=300, help="mutants to draw (300)")
    asked.add_argument("--seed", type=int, default=1, help="the same seed draws the same mutants (1)")
    chosen = asked.parse_args()
    try:
        print(json.dumps(run(chosen.sample, chosen.seed), indent=1))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
