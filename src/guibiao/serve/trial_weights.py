"""Weights of a trial as the address holds them: `code:0.25,code:0.1`, each a share among the parts of one parent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

LONGEST = 4000
"""Characters of the text."""
MOST = 200
"""Weights in it."""
PERCENT = 100
_SHARE = re.compile(r"(0|1|0?\.[0-9]{1,9}|[01]\.[0-9]{1,9})", re.ASCII)
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,7})?", re.ASCII)
_CODE = re.compile(r"[^\x00-\x20:,]{1,200}")


def read_weights(text: str) -> dict[str, float]:
    """Code -> share; BadRequest for a text of another form, a share beyond 0 to 1, a code named twice."""
    parts = [part.strip() for part in text.split(",") if part.strip()] if len(text) <= LONGEST else []
    if len(parts) > MOST or len(text) > LONGEST:
        raise BadRequest(_("一次改的权重太多"), remedy=_("最多 {most} 项。").format(most=MOST))
    found: dict[str, float] = {}
    for part in parts:
        code, _colon, share = part.rpartition(":")
        if not _CODE.fullmatch(code) or not _SHARE.fullmatch(share) or float(share) > 1:
            remedy = _("写成 代码:份额，份额在 0 到 1 之间，如 {example}。").format(example="infrastructure:0.4")
            raise BadRequest(_("权重 {part} 写法不对").format(part=part[:80]), remedy=remedy)
        if code in found:
            raise BadRequest(_("{code} 的权重写了两遍").format(code=code[:80]), remedy=_("每一项只写一次。"))
        found[code] = float(share)
    return found


def read_percent(text: str) -> float:
    """A share from what a form sends in per cent; BadRequest beyond 0 to 100."""
    if not _PERCENT.fullmatch(text.strip()) or float(text) > PERCENT:
        raise BadRequest(_("权重不是 0 到 100 之间的数：{text}").format(text=text[:40]), remedy=_("写百分数，如 40 或 12.5。"))
    return float(text) / PERCENT


def written(weights: Mapping[str, float]) -> str:
    """Inverse of `read_weights`, in the order of the codes."""
    return ",".join(f"{code}:{_plain(share)}" for code, share in sorted(weights.items()))


def _plain(share: float) -> str:
    return f"{share:.9f}".rstrip("0").rstrip(".") or "0"
