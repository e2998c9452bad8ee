"""Specification of the reconciliation of forecasts, with named defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Method: TypeAlias = Literal["ols", "wls-struct", "wls-var", "mint-shrink", "mint-sample", "bottom-up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """How forecasts of series that add up are made to add up."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    method: Method = "mint-shrink"
    price_basis: Literal["current", "constant", "chained"] = "current"
    """Only figures at current prices add up for certain."""
    non_negative: bool = False
    """No reconciled series of the bottom below zero."""
    pseudo_inverse: bool = False
    """Where the covariance of mint-sample is singular, take its Moore-Penrose inverse instead of refusing."""

    def validate(self) -> None:
        """Raises BadRequest for a price basis on which parts do not add up, and for options that the method does not know."""
        if self.price_basis == "chained":
            raise BadRequest(_("环比链接的不变价数不可加：各部分之和不等于总量，不能协调"), remedy=_("用现价的数协调，再各自缩减。"))
        if self.price_basis == "constant":
            raise BadRequest(_("不变价的数换基期后不可加，不能协调"), remedy=_("用现价的数协调，再各自缩减。"))
        if self.pseudo_inverse and self.method != "mint-sample":
            raise BadRequest(_("广义逆只用于 mint-sample"), remedy=_("去掉 --pseudo-inverse。"))
        if self.non_negative and self.method == "bottom-up":
            raise BadRequest(_("自下而上不改底层的数，谈不上非负"), remedy=_("去掉 --non-negative，或换一种方法。"))
