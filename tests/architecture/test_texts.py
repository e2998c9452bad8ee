"""No city's name in the code, no machine's path and no registry's name anywhere in the repository."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.capabilities import ROOT

THIS_FILE = Path(__file__).resolve()
# Municipalities, capitals of provinces and the cities with a plan of their own; and the capital's area code.
CITIES_IN_CHINESE = (
    "北京|天津|上海|重庆|石家庄|太原|呼和浩特|沈阳|长春|哈尔滨|南京|杭州|合肥|福州|南昌|济南|郑州|武汉|长沙|广州|南宁"
    "|海口|成都|贵阳|昆明|拉萨|西安|兰州|西宁|银川|乌鲁木齐|大连|青岛|宁波|厦门|深圳"
)
CITIES_IN_LATIN = (
    "beijing|tianjin|shanghai|chongqing|shijiazhuang|taiyuan|hohhot|shenyang|changchun|harbin|nanjing|hangzhou|hefei"
    "|fuzhou|nanchang|jinan|zhengzhou|wuhan|changsha|guangzhou|nanning|haikou|chengdu|guiyang|kunming|lhasa|lanzhou"
    "|xining|yinchuan|urumqi|dalian|qingdao|ningbo|xiamen|shenzhen"
)
CITY = re.compile(rf"{CITIES_IN_CHINESE}|\b(?:{CITIES_IN_LATIN})(?![a-z])|\b110000\b", re.I)
TIME_ZONE = "Asia/Shanghai"  # the name of China's only time zone, not of a place

MACHINE_PATH = re.compile(
    r"(?<![\w.~$})-])/(?:root|work|Users|home/[a-z]\w*|opt/\w+|mnt/\w+|private/var)/[\w.-]"
    r"|\b[A-Z]:\\+Users\\"
)
REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs|crates\.io|conda\.anaconda|repo1?\.maven|deb\.debian\.org"
    r"|pypi\.tuna|mirrors\.(?:aliyun|ustc|tuna|cloud|163)|proxy\.golang)\b",
    re.I,
)

pytestmark = pytest.mark.no_cover  # the source is read here, not run


@cache
def tracked_texts() -> dict[Path, str]:
    """The text of every file that is, or with the next commit may be, in the repository."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    texts = {}
    for path in (ROOT / name for name in listed.split("\0") if name):
        if not path.is_file() or path == THIS_FILE:
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            texts[path] = content.decode("utf-8", errors="replace")
    return texts


def lines_with(pattern: re.Pattern[str], texts: dict[Path, str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:100]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line.replace(TIME_ZONE, ""))
    ]


def test_the_code_knows_no_city() -> None:
    source = {path: text for path, text in tracked_texts().items() if path.is_relative_to(ROOT / "src")}
    assert source
    assert not lines_with(CITY, source), "a city is a workspace: its name and code belong in workspaces/"


def test_no_path_of_a_machine() -> None:
    assert not lines_with(MACHINE_PATH, tracked_texts())


def test_no_path_of_this_machine() -> None:
    assert not lines_with(re.compile(re.escape(f"{ROOT}/")), tracked_texts())


def test_no_name_of_a_registry() -> None:
    assert not lines_with(REGISTRY, tracked_texts())


@pytest.mark.parametrize("name", ["run", "dev"])
def test_a_lock_is_hashed_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    assert all("==" in line and "--hash=sha256:" in line for line in requirements if line.strip())


@pytest.mark.parametrize("text", ["北京市", "beijing_gdp", "area 110000", "workspaces/Shanghai"])
def test_a_city_is_recognised(text: str) -> None:
    assert CITY.search(text)


@pytest.mark.parametrize("text", ["1100001", "changshape", "城市"])
def test_a_word_is_not_a_city(text: str) -> None:
    assert not CITY.search(text)


@pytest.mark.parametrize("text", ['"/root/x"', "see /home/anna/data", r"C:\Users\anna", "cd /work/x"])
def test_a_path_is_recognised(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["src/work/main", "https://example.org/work/x", "$HOME/work/x", "/usr/lib/x"])
def test_an_ordinary_path_is_not(text: str) -> None:
    assert not MACHINE_PATH.search(text)
