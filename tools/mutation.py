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
from functools import partial
from typing import Any

from environments import ROOT, Missing, say
from mutants import GROUPS, Mutant, sample
from mutation_figures import figures, listed, read
from workshop import FOLDER, Worker, each, state

EQUIVALENT = ROOT / "tools" / "mutation-equivalent.toml"

# First what is quick: the tests that fuzz nothing find most, then a short fuzzing of all; what survives both is asked
# again with the settings that are committed.
PLAIN = ("--match-test", "^test_")
QUICK = {"FOUNDRY_FUZZ_RUNS": "24", "FOUNDRY_INVARIANT_RUNS": "2"}


def run(size: int, seed: int) -> dict[str, Any]:
    """Figures per group and the survivors, of the mutants that ``size`` and ``seed`` draw."""
    chosen = sample(ROOT, size, seed)
    excusable = listed(EQUIVALENT)
    excused = {mutant.key for mutant in chosen if (mutant.file, mutant.before, mutant.after) in excusable}
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = FOLDER / "answers.jsonl"
    answers = {
        entry["key"]: entry
        for entry in read(log)
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
    return figures(chosen, answers, excused, list(GROUPS), seed)


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
        harmless = not trouble and not killer and mutant.key in excused
        if not (trouble or killer or harmless):
            killer = worker.failing({})
    outcome = trouble or ("killed" if killer else "equivalent" if harmless else "survived")
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
