"""May this tree be packaged? Only when the committed artifacts belong to its contracts.

A hatchling hook. It compiles nothing, because a build must work offline and without a compiler; it
compares hashes: every own source, every artifact file, and the pinned OpenZeppelin version. An editable
install is let through, because that is where `hashkit compile` is run from.
"""

import hashlib
import json
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = "hashkit/contracts/build"
LIBRARY = "@openzeppelin/contracts"


class StaleArtifacts(BuildHookInterface):
    """Ends the build with one sentence per finding."""

    def initialize(self, version, build_data):
        if version == "editable":
            return
        problems = findings(Path(self.root))
        if problems:
            raise SystemExit("\n".join([*problems, "Run `hashkit compile` and commit what it writes."]))


def findings(root):
    """Every way in which the artifacts of ``root`` do not belong to its sources."""
    index_file = root / BUILD / "index.json"
    if not index_file.is_file():
        return [f"{BUILD}/index.json is missing: nothing has been compiled."]
    index = json.loads(index_file.read_text(encoding="utf-8"))
    sources = (path.relative_to(root) for path in (root / "contracts").rglob("*.sol"))
    own = {path.as_posix() for path in sources if not any(part.startswith(".") for part in path.parts)}
    made = {path.relative_to(root / BUILD).as_posix() for path in (root / BUILD).rglob("*.json")}
    problems = _differences(root, own, index["sources"], "the artifacts were written")
    problems += _differences(root / BUILD, made - {"index.json"}, index["files"], "it was compiled")
    pinned = json.loads((root / "package.json").read_text(encoding="utf-8"))["devDependencies"][LIBRARY]
    if pinned != index["openzeppelin"]:
        made_with = index["openzeppelin"]
        problems.append(f"The artifacts were made with {LIBRARY} {made_with}, but {pinned} is pinned.")
    return problems


def _differences(folder, have, want, since):
    found = []
    for name in sorted(have | want.keys()):
        if name not in want:
            found.append(f"{name} is new since {since}.")
        elif name not in have:
            found.append(f"{name} is missing since {since}.")
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != want[name]:
            found.append(f"{name} changed since {since}.")
    return found
