"""When may a node be asked, and when had we better ask another? Times of this machine's own clock. Floor 2."""

from __future__ import annotations

import time

_FIRST_GAP, _WIDEST_GAP = 0.02, 2.0  # seconds between two questions
_RECOVERY = 0.98
"""The gap shrinks by this with every answer: slow enough that the next limit is dozens of questions away."""
_NO_GAP = 0.002  # seconds below which nobody waits
_BENCH, _LONGEST_BENCH = 5.0, 60.0  # seconds; doubles with every failure in a row


class Pace:
    """The pace of one node: a gap between questions, a rest it asked for, a bench for one that failed."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.rests_until = 0.0
        """Until then the node is not asked: it said so."""
        self.benched_until = 0.0
        """Until then others are asked first; where there is no other, it is asked all the same."""
        self._next = 0.0
        self._failures = 0

    @property
    def is_benched(self) -> bool:
        """Whether it failed, or asked for a rest, a short while ago."""
        return max(self.rests_until, self.benched_until) > time.monotonic()

    def keep(self) -> None:
        """Wait until the gap to the question before has passed."""
        now = time.monotonic()
        if self.gap and self._next > now:
            time.sleep(self._next - now)
        self._next = max(self._next, now) + self.gap

    def limited(self, seconds: float) -> None:
        """The node found us too fast: it rests for ``seconds`` and is asked more slowly from then on."""
        self.gap = min(max(self.gap * 2, _FIRST_GAP), _WIDEST_GAP)
        self.rests_until = time.monotonic() + seconds

    def failed(self) -> None:
        """No sensible answer: onto the bench, for longer each time."""
        seconds = min(_BENCH * 2 ** min(self._failures, 10), _LONGEST_BENCH)
        self._failures += 1
        self.benched_until = time.monotonic() + seconds

    def answered(self) -> None:
        """A sensible answer: off the bench, and a little faster."""
        self.benched_until, self._failures = 0.0, 0
        self.gap = self.gap * _RECOVERY if self.gap > _NO_GAP else 0.0
