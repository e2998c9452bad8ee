"""Restricted tables: held back from all that readers get until somebody clears a release that was drafted with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guibiao.publish.release import releases
from guibiao.reference.check_deliveries import is_restricted
from guibiao.reference.definitions import Workspace
from guibiao.store.port import ReleaseArchive


def restricted_name(dataset: str, content_key: str) -> str:
    """How a release's manifest names a restricted dataset: with its content, so that clearing one month clears no other."""
    return f"{dataset}@{content_key[:12]}"


def uncleared(workspace: Workspace, contents: Mapping[str, str], archive: Callable[[], ReleaseArchive]) -> dict[str, str]:
    """Restricted ones among datasets with their content keys that nobody has cleared; the archive is opened only where there are any."""
    found = {name: key for name, key in contents.items() if is_restricted(workspace, name)}
    cleared = cleared_datasets(archive()) if found else frozenset()
    return {name: key for name, key in found.items() if restricted_name(name, key) not in cleared}


def cleared_datasets(archive: ReleaseArchive) -> frozenset[str]:
    """Restricted datasets, each with its content, that somebody cleared in a release that stands."""
    return frozenset(name for standing in releases(archive) if standing.cleared for name in standing.manifest.restricted)
