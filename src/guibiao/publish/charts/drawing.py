"""Charts drawn in a process of its own: the engine holds the interpreter while it works, and starting it takes longer than drawing.

`python -m guibiao.publish.charts.drawing` reads specifications by name as JSON and writes drawings by name as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor


class Drawings:
    """Drawings under way; `svg` waits for one. Where the process fails, they are drawn here, with the error that shows."""

    def __init__(self, specifications: Mapping[str, str]) -> None:
        self._specifications = specifications
        self._pool = ThreadPoolExecutor(1)
        self._drawn: Future[dict[str, str]] | None = self._pool.submit(_drawn_elsewhere, specifications) if specifications else None
        self._pool.shutdown(wait=False)

    def svg(self, name: str) -> str:
        """The drawing of one specification."""
        drawn = {} if self._drawn is None else self._drawn.result()
        return drawn[name] if name in drawn else _draw(self._specifications[name])


def _drawn_elsewhere(specifications: Mapping[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "guibiao.publish.charts.drawing"]
    done = subprocess.run(command, input=json.dumps(specifications).encode(), capture_output=True, check=False)
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {}


def _draw(specification: str) -> str:
    from guibiao.publish.charts.render import render_svg

    return render_svg(json.loads(specification))


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps({name: _draw(specification) for name, specification in asked.items()}).encode())
