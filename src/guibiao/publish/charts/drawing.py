"""Charts drawn in a process of its own: the engine holds the interpreter while it works, and starting it takes longer than drawing.

`python -m guibiao.publish.charts.drawing` starts the engine, then reads specifications by name as JSON and writes drawings by name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

_BLANK = '{"mark": "point", "data": {"values": []}}'


class Drawer:
    """Draws beside the caller: `begin` early, `draw` when the specifications are known, `svg` waits for one drawing.

    Where the process cannot do it, drawings are made here, and errors show.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._specifications: Mapping[str, str] = {}
        self._drawn: Future[dict[str, str]] | None = None

    def begin(self) -> None:
        """Start the engine, for charts that will probably be wanted."""
        command = [sys.executable, "-m", "guibiao.publish.charts.drawing"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def draw(self, specifications: Mapping[str, str]) -> None:
        """Order drawings, by name; once in the life of a drawer."""
        self._specifications = specifications
        if specifications and self._process is None:
            self.begin()
        if specifications:
            pool = ThreadPoolExecutor(1)
            self._drawn = pool.submit(self._exchange)
            pool.shutdown(wait=False)

    def svg(self, name: str) -> str:
        """The drawing of one specification that was ordered."""
        drawn = {} if self._drawn is None else self._drawn.result()
        return drawn[name] if name in drawn else _draw(self._specifications[name])

    def close(self) -> None:
        """End the process; nothing ordered is waited for."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _exchange(self) -> dict[str, str]:
        assert self._process is not None
        try:
            answer, _nothing = self._process.communicate(json.dumps(self._specifications).encode())
            return dict(json.loads(answer))
        except (OSError, ValueError):
            return {}


def _draw(specification: str) -> str:
    from guibiao.publish.charts.render import render_svg

    return render_svg(json.loads(specification))


if __name__ == "__main__":
    _draw(_BLANK)
    asked = json.loads(sys.stdin.buffer.read() or b"{}")
    sys.stdout.buffer.write(json.dumps({name: _draw(specification) for name, specification in asked.items()}).encode())
