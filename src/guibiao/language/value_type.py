"""The type of a value: unit, nature, the three bases, measure and the keys it is filed under."""

from __future__ import annotations

from dataclasses import dataclass

from guibiao.model.basis import ComparisonBasis
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.unit import Unit

NO_PRICE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType:
    """What is known of a value before any data are read."""

    unit: Unit
    nature: Nature = Nature.LEVEL
    price_basis: str = NO_PRICE
    comparison_basis: ComparisonBasis = ComparisonBasis.NONE
    accounting_basis: str = ""
    """The basis it is pinned to by `on_basis`, empty where each row has its own."""
    carries_accounting: bool = False
    accounting_bases: tuple[str, ...] = ()
    """The bases it can be had on, for a value that carries one."""
    measure: Measure = Measure.DURING
    dimensions: tuple[str, ...] = ()
    additive_over: tuple[str, ...] = ()
    is_boolean: bool = False
    has_area: bool = True
    """False once the area is fixed: the value then stands beside every area."""
    has_period: bool = True
    is_number: bool = False
    """A number typed without a unit: beside a figure in a comparison it is in that figure's unit."""

    @property
    def is_dimensionless(self) -> bool:
        return self.unit.is_ratio or self.unit.is_point

    @property
    def is_plain(self) -> bool:
        """A ratio that is not written in % or ‰."""
        return self.unit.is_ratio and self.unit.power == 0

    @property
    def is_flow(self) -> bool:
        """Filed under periods that last; a flow may have both `during` and `to date` figures."""
        return self.measure in {Measure.DURING, Measure.TO_DATE}

    @property
    def bases_named(self) -> str:
        """Accounting bases as a message names them."""
        return "、".join(self.accounting_bases) or _("未注明")


def measure_name(measure: Measure) -> str:
    """The measure in the user's words."""
    names = {
        Measure.DURING: _("时期数"), Measure.TO_DATE: _("累计数"), Measure.AT_END: _("时点数"), Measure.AVERAGE: _("平均数"),
    }  # fmt: skip
    return names[measure]


def nature_name(nature: Nature) -> str:
    """The nature in the user's words."""
    names = {
        Nature.LEVEL: _("总量"), Nature.SHARE: _("比重"), Nature.GROWTH: _("增速"), Nature.INDEX: _("指数"), Nature.INTENSITY: _("强度"),
    }  # fmt: skip
    return names[nature]


def comparison_name(basis: ComparisonBasis) -> str:
    """The comparison basis in the user's words."""
    names = {
        ComparisonBasis.NONE: _("无"), ComparisonBasis.AS_PUBLISHED: _("按公布"), ComparisonBasis.COMPARABLE: _("可比口径"),
        ComparisonBasis.NAIVE: _("直接相比"),
    }  # fmt: skip
    return names[basis]
