"""The Java behind JDemetra+: one virtual machine a process, classes of JDemetra+ by name, numbers in and out as float64."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, season_of, year_of

NEEDED_JAVA = 17
OPTIONS = ("-Xmx1g", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Small and quick to start: the optimising compiler costs more than it gains (measured on 100 series, docs/methods/0617)."""
_VERSION = re.compile(r"jdplus-x13-base-core-(.+)\.jar")


class Java:
    """A running virtual machine with JDemetra+ on its path."""

    def __init__(self, bridge: Any, version: str) -> None:
        self._bridge = bridge
        self.version = version
        self._classes: dict[str, Any] = {}

    def named(self, name: str) -> Any:
        """A class by its name below `jdplus.`, or by its whole name when it begins with `java.`."""
        if name not in self._classes:
            self._classes[name] = self._bridge.JClass(name if name.startswith("java.") else f"jdplus.{name}")
        return self._classes[name]

    def constant(self, enumeration: str, name: str) -> Any:
        """A constant of an enumeration; `None` is no Python name."""
        return self.named(enumeration).valueOf(name)

    def array(self, kind: str, items: Sequence[Any]) -> Any:
        """A Java array of a class."""
        return self._bridge.JArray(self.named(kind))(list(items))

    def collection(self, items: Iterable[Any]) -> Any:
        return self.named("java.util.ArrayList")(list(items))

    def series(self, frequency: Frequency, start: int, values: Sequence[float]) -> Any:
        """A JDemetra+ series; `start` is the ordinal of the first period, missing values are nan."""
        numbers = self._bridge.JArray(self._bridge.JDouble)([float(value) for value in values])
        place = year_of(frequency, start), season_of(frequency, start)
        return self.named("toolkit.base.r.timeseries.TsUtility").of(frequency.per_year, *place, numbers)

    def item(self, results: Any, name: str) -> Any:
        """An entry of a result's dictionary, None where there is none."""
        return results.getData(name, self.named("java.lang.Object"))

    def failures(self) -> tuple[type[Exception], ...]:
        """What a call into Java may raise."""
        return (self._bridge.JException, RuntimeError, TypeError)


def missing_java() -> str:
    """Why the engine cannot run here, empty where it can; no virtual machine is started."""
    if find_spec("jpype") is None or find_spec("pydemetra") is None:
        return _("没有安装 JDemetra+ 的 Python 接口")
    bridge = import_module("jpype")
    try:
        bridge.getDefaultJVMPath()
    except (bridge.JVMNotFoundException, bridge.JVMNotSupportedException):
        return _("没有找到 Java")
    return ""


@lru_cache(maxsize=1)
def java() -> Java:
    """The process's virtual machine, started at the first call; raises BadRequest where there is no Java 17 or no JDemetra+."""
    reason = missing_java()
    if reason:
        raise _no_java(reason)
    bridge = import_module("jpype")
    place = find_spec("pydemetra")
    folders = (place.submodule_search_locations if place is not None else None) or []
    archives = sorted(path for folder in folders for path in (Path(folder) / "_jars").glob("*.jar"))
    versions = [found[1] for found in (_VERSION.fullmatch(path.name) for path in archives) if found]
    if not versions:
        raise _no_java(_("没有安装 JDemetra+ 的 Python 接口"))
    if not bridge.isJVMStarted():
        bridge.startJVM(*OPTIONS, classpath=[str(path) for path in archives], convertStrings=True)
    running = str(bridge.JClass("java.lang.System").getProperty("java.specification.version"))
    if int(running.removeprefix("1.").split(".")[0]) < NEEDED_JAVA:
        raise _no_java(_("Java 版本为 {version}，过旧").format(version=running))
    bridge.JClass("java.util.logging.LogManager").getLogManager().reset()
    return Java(bridge, versions[0])


def _no_java(reason: str) -> BadRequest:
    return BadRequest(
        _("不能用 JDemetra+：{reason}").format(reason=reason),
        remedy=_("安装 Java {version} 或更新版本（必要时设置 JAVA_HOME）和 pip install 'guibiao[jdemetra]'；或改用 --engine x13。").format(
            version=NEEDED_JAVA
        ),
    )
