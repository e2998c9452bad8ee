"""The commands of `guibiao`, one module a group of verbs; each only reads options, calls `run` or a room, and prints."""

from __future__ import annotations

from typing import Any


def application() -> Any:
    """The whole command tree as one callable (a click command)."""
    import typer

    from guibiao.commands import (
        audit,
        backups,
        data,
        departments,
        findings,
        index,
        ledger,
        policy,
        production,
        release,
        review,
        series,
        serve,
        users,
        workspace,
    )
    from guibiao.model.messages import translate as _

    tree = typer.Typer(
        name="guibiao",
        help=_("圭表：数字经济统计监测。从公布的数据到报告，每个数字都有来历。"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    production.register(tree)
    data.register(tree)
    findings.register(tree)
    departments.register(tree)
    workspace.register(tree)
    review.register(tree)
    serve.register(tree)
    tree.add_typer(release.tree(), name="release")
    tree.add_typer(policy.tree(), name="policy")
    tree.add_typer(ledger.tree(), name="ledger")
    tree.add_typer(series.tree(), name="series")
    tree.add_typer(index.tree(), name="index")
    tree.add_typer(users.tree(), name="users")
    tree.add_typer(audit.tree(), name="audit")
    tree.add_typer(backups.tree(), name="operations")
    return typer.main.get_command(tree)
