"""`guibiao serve`: the site on the releases of a workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from guibiao.commands.operations import OperationsOption
from guibiao.commands.options import OutOption, WorkspaceOption, load, out_folder, say
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


def register(tree: typer.Typer) -> None:
    """Add the command."""
    tree.command("serve", help=_("打开网站：页面和数据接口，只读取已公布的发布。"))(serve)


def serve(
    workspace: WorkspaceOption = "", out: OutOption = None,
    host: Annotated[str, typer.Option("--host", help=_("监听的地址；默认只有本机能访问。"))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=_("端口。"))] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=_("进程数。"))] = 1,
    address: Annotated[str, typer.Option("--address", help=_("对外的网址，如 https://data.example.gov.cn。"))] = "",
    operations: OperationsOption = "",
    debug: Annotated[bool, typer.Option("--debug", help=_("调试：只在本机试用时打开。"))] = False,
    production: Annotated[bool, typer.Option("--production", help=_("按生产环境的要求运行；缺少密钥等设置时拒绝启动。"))] = False,
) -> None:  # fmt: skip
    """Serve the site until stopped."""
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise BadRequest(_("没有安装网站所需的库"), remedy=_("pip install 'guibiao[web]'")) from None
    from guibiao.web import serve as start

    loaded = load(workspace)
    folder = out_folder(out, loaded)
    given = {
        "workers": workers, "production": production, "debug": debug, "address": address.rstrip("/"), "operations": operations,
    }  # fmt: skip
    said = _("网站：http://{host}:{port}/　按 Ctrl+C 停止。").format(host=host, port=port)
    start(loaded, folder, host=host, port=port, given=given, told=lambda: say(said))
