"""Charts drawn in a process of its own: the engine holds the interpreter while it works, and starting it takes longer than drawing.

`python -m guibiao.publish.charts.drawing` starts the engine, then reads specifications by name as JSON and writes one line of JSON for
each drawing: first all as SVG, then all as PNG, so that who needs the first is not kept waiting for the second.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

KINDS = ("svg", "png")
PRINT_SCALE = 300 / 96
"""Pixels to a pixel of the specification, of which 96 make an inch: 300 to the inch."""
_BLANK = '{"mark": "point", "data": {"values": []}}'


class Drawer:
    """Draws beside the caller: `begin` early, `draw` when the specifications are known, `svg` and `png` wait for one drawing.

    Where the process cannot do it, drawings are made here, and errors show.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._specifications: Mapping[str, str] = {}
        self._drawn: dict[tuple[str, str], Future[str]] = {}

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
            self._drawn = {(name, kind): Future() for kind in KINDS for name in specifications}
            pool = ThreadPoolExecutor(1)
            pool.submit(self._exchange)
            pool.shutdown(wait=False)

    def svg(self, name: str) -> str:
        """The drawing of one specification that was ordered."""
        return self._wait(name, "svg") or _draw(self._specifications[name])

    def png(self, name: str, svg: str) -> bytes:
        """The same at 300 pixels to the inch; drawn here from `svg` where it was not ordered."""
        encoded = self._wait(name, "png")
        return base64.b64decode(encoded) if encoded else _picture(svg)

    def close(self) -> None:
        """End the process; nothing ordered is waited for."""
        if self._process is not None:
            self._process.kill()
            if self._drawn:
                self._process.wait()
            else:
                self._process.communicate()

    def _wait(self, name: str, kind: str) -> str:
        """A drawing of the process; empty where it was not ordered or could not be made."""
        future = self._drawn.get((name, kind))
        return "" if future is None else future.result()

    def _exchange(self) -> None:
        """Hand over the order and take each drawing as it comes."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(self._specifications).encode())
            process.stdin.close()
            for line in process.stdout:
                name, kind, drawing = json.loads(line)
                self._drawn[name, kind].set_result(drawing)
        except (OSError, ValueError, KeyError, TypeError):
            return
        finally:
            for future in self._drawn.values():
                if not future.done():
                    future.set_result("")
            process.stdout.close()


def _draw(specification: str) -> str:
    from guibiao.publish.charts.render import render_svg

    return render_svg(json.loads(specification))


def _picture(svg: str) -> bytes:
    from guibiao.publish.charts.render import png_of_svg

    return png_of_svg(svg, PRINT_SCALE)


def _answer(name: str, kind: str, drawing: str) -> None:
    sys.stdout.write(json.dumps((name, kind, drawing)) + "\n")
    sys.stdout.flush()


def _serve() -> None:
    _draw(_BLANK)
    asked = json.loads(sys.stdin.buffer.read() or b"{}")
    drawings = {name: _draw(specification) for name, specification in asked.items()}
    for name, svg in drawings.items():
        _answer(name, "svg", svg)
    for name, svg in drawings.items():
        _answer(name, "png", base64.b64encode(_picture(svg)).decode())


if __name__ == "__main__":
    _serve()
