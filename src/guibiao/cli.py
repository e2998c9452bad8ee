"""The command line: reads options, calls what `run` composes, prints for people or as JSON, and sets the exit code.

0 good, 1 findings under --strict, 2 bad request, 3 broken program.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.model.messages import translate as _

BROKEN = 3


def main() -> NoReturn:
    """Entry point of `guibiao`."""
    import typer

    from guibiao.commands import application

    gc.set_threshold(200_000, 20, 20)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads that spin cost more than they give
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = application()(standalone_mode=False, prog_name="guibiao")
        _leave(code if isinstance(code, int) else 0)
    except GuibiaoError as error:
        with suppress(BrokenPipeError):
            _tell(error)
        _leave(error.exit_code)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _say(_("已中断；已完成的步骤保留，再次运行会接着做。"))
        sys.exit(130)
    except typer.TyperException as error:
        _say(_usage(error))
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:
        import traceback

        traceback.print_exc()
        _say(_("程序出错，数据未受影响。请把以上内容连同所用命令报告给维护者。"))
        sys.exit(BROKEN)


def _leave(code: int) -> NoReturn:
    """End at once: everything is written and closed, and taking the objects of a run apart costs a tenth of it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)


def _tell(error: GuibiaoError) -> None:
    if _wants_json():
        import json

        errors = error.errors if isinstance(error, BatchErrors) else (error,)
        print(json.dumps({"errors": [each.to_dict() for each in errors]}, ensure_ascii=False, indent=2))  # noqa: T201
        return
    _say(_("错误：{error}").format(error=error))


def _wants_json() -> bool:
    arguments = sys.argv[1:]
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(argument == "--format=json" or (argument == "--format" and following == "json") for argument, following in pairs)


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def _usage(error: Exception) -> str:
    """A usage error of the option parser in the user's language."""
    hint = _("用 guibiao --help 或 guibiao 命令 --help 查看用法。")
    option, message = getattr(error, "option_name", ""), getattr(error, "message", "") or str(error)
    if option:
        near = "、".join(getattr(error, "possibilities", None) or ())
        suggestion = _("是不是想用 {near}？").format(near=near) if near else ""
        return "\n".join(filter(None, (_("没有选项 {name}，或写法不对。").format(name=option), suggestion, hint)))
    parameter = getattr(error, "param", None)
    if parameter is not None:
        name = parameter.get_error_hint()
        if type(error).__name__ == "MissingParameter":
            return "\n".join((_("缺少参数 {name}。").format(name=name), hint))
        return "\n".join((_("参数 {name} 的取值不对：{message}").format(name=name, message=message), hint))
    return "\n".join((_("命令写法不对：{message}").format(message=message), hint))
