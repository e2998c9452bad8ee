"""Opening an operations store: a SQLite file or a PostgreSQL schema, brought to the form this version knows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateSchema

from guibiao.model.errors import BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.database import Operations
from guibiao.store.operations.tables import SETTINGS
from guibiao.store.port import Busy

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""
NAME_BYTES = 63
_LOCK = 4_721_903
"""Key of the advisory lock under which a PostgreSQL schema is made or brought up to date."""
_UNPOOLED: Mapping[str, Any] = {"poolclass": sa.NullPool}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def open_operations(
    location: str | Path, workspace: str, *, told: Callable[[str], object] = lambda _text: None, upgrade: bool = True
) -> Operations:
    """Open the operations store of a workspace, or make it where there is none.

    `location` is a path, `sqlite:///path` or `postgresql://user@host/database`. `told` gets a sentence where older tables were brought
    up to date; without `upgrade` they are refused. BadRequest where the store is newer, foreign, damaged, or out of reach.
    """
    engine, place = engine_at(location, workspace)
    try:
        with explained(place):
            connection = engine.connect()
        store = Operations(connection, place, explained)
        try:
            with store.reading():
                ready = _is_ready(connection, workspace)
            if not ready:
                with store.transaction():
                    _prepare(connection, workspace, place, told, upgrade=upgrade)
        except BaseException:
            store.close()
            raise
        return store
    except BaseException:
        engine.dispose()
        raise


def open_access(
    location: str | Path, workspace: str, *, connections: int = 8, told: Callable[[str], object] = lambda _text: None, upgrade: bool = True
) -> AccessDatabase:
    """Open users, sessions, keys and audit log of the operations store for a site: at most `connections` at a time, shared by threads.

    Location, making, upgrading and errors are those of `open_operations`.
    """
    open_operations(location, workspace, told=told, upgrade=upgrade).close()
    engine, place = engine_at(location, workspace, {"poolclass": sa.QueuePool, "pool_size": connections, "max_overflow": 0})
    return AccessDatabase(engine, place, explained)


def engine_at(location: str | Path, workspace: str, pool: Mapping[str, Any] = _UNPOOLED) -> tuple[sa.Engine, str]:
    """An engine on a store, and the store's name for people; a folder or a schema is made where there is none. BadRequest."""
    text = str(location)
    scheme = _SCHEME.match(text)
    if scheme is None or isinstance(location, Path):
        return _sqlite(Path(location), pool), text
    if scheme[1] == "sqlite" and text.startswith("sqlite:///"):
        return _sqlite(Path(text.removeprefix("sqlite:///")), pool), text.removeprefix("sqlite:///")
    if scheme[1] in {"postgresql", "postgres"}:
        return _postgres(text, workspace, pool)
    raise BadRequest(
        _("不认识的业务库地址：{location}").format(location=text),
        remedy=_("写成文件路径、sqlite:///路径 或 postgresql://用户@主机/数据库。"),
    )


def _sqlite(path: Path, pool: Mapping[str, Any]) -> sa.Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadRequest(
            _("不能写入 {name}").format(name=path.parent), error.strerror or "", _("核对文件夹是否只读、磁盘是否已满。")
        ) from None
    arguments = {"timeout": PATIENCE, "isolation_level": None, "check_same_thread": False}
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args=arguments, **pool)

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.get("writing") else "BEGIN")

    return engine


def _postgres(text: str, workspace: str, pool: Mapping[str, Any]) -> tuple[sa.Engine, str]:
    schema = f"guibiao_{workspace}_operations"
    if not workspace or len(schema.encode()) > NAME_BYTES or "\0" in schema:
        raise BadRequest(_("工作区标识 {workspace} 不能用作数据库模式名").format(workspace=workspace), remedy=_("换一个短一些的标识。"))
    try:
        import psycopg
    except ImportError:
        raise BadRequest(_("使用 PostgreSQL 需要先安装扩展 postgres"), remedy=_('运行 pip install "guibiao[postgres]"。')) from None
    try:
        url = sa.make_url(text).set(drivername="postgresql+psycopg")
    except (sa.exc.ArgumentError, ValueError):
        raise BadRequest(_("业务库地址写法有误"), remedy=_("写成 postgresql://用户@主机/数据库。")) from None
    engine = sa.create_engine(url, connect_args={"connect_timeout": 10}, pool_pre_ping=bool(pool.get("pool_size")), **pool)

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: psycopg.Connection[Any], _record: object) -> None:
        quoted = engine.dialect.identifier_preparer.quote_identifier(schema)
        connection.execute("SELECT set_config('search_path', %s, false), set_config('TimeZone', 'UTC', false)", [quoted])
        connection.commit()

    place = f"postgresql://{url.host or url.query.get('host', '')}/{url.database} {schema}"
    with explained(place), engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        connection.execute(CreateSchema(schema, if_not_exists=True))
    return engine, place


@cache
def revisions() -> tuple[str, ...]:
    """The revisions that this version knows, the newest first."""
    return tuple(each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions())


def revision_of(connection: sa.Connection) -> str | None:
    """The revision a store is at; None where there is none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _is_ready(connection: sa.Connection, workspace: str) -> bool:
    """Whether there is nothing to make, to upgrade or to refuse: what most openings find, without keeping writers out."""
    if revision_of(connection) != revisions()[0]:
        return False
    return connection.execute(sa.select(SETTINGS.c.value).where(SETTINGS.c.name == "workspace")).scalar() == workspace


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration: the packaged revisions, on a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def lock_for_change(connection: sa.Connection) -> None:
    """Make processes that would make or upgrade a PostgreSQL schema at once follow one another; a SQLite file does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def require_own(current: str | None, connection: sa.Connection, place: str) -> None:
    """BadRequest where the store was made by something else, or by a newer version."""
    if current is None and set(sa.inspect(connection).get_table_names()) - {"alembic_version"}:
        raise BadRequest(_("这不是本系统的业务库"), remedy=_("换一个位置；已有的文件没有改动。"), place=Place(place))
    if current is not None and current not in revisions():
        raise BadRequest(
            _("业务库由更新的版本写成（结构 {revision}）").format(revision=current),
            remedy=_("请升级本软件；库没有改动。"),
            place=Place(place),
        )


def _prepare(connection: sa.Connection, workspace: str, place: str, told: Callable[[str], object], *, upgrade: bool) -> None:
    lock_for_change(connection)
    newest, current = revisions()[0], revision_of(connection)
    require_own(current, connection, place)
    if current not in (None, newest) and not upgrade:
        raise BadRequest(
            _("业务库是旧结构（{old}），这一版本用 {new}").format(old=current, new=newest),
            remedy=_("先停网站，运行 guibiao operations upgrade（先备份，再升级），然后启动。"),
            place=Place(place),
        )
    if current != newest:
        command.upgrade(configuration(connection), "head")
        if current is not None:
            told(_("业务库结构已由 {old} 升级到 {new}，内容未变。").format(old=current, new=newest))
    kept = connection.execute(sa.select(SETTINGS.c.value).where(SETTINGS.c.name == "workspace")).scalar()
    if kept is None:
        connection.execute(sa.insert(SETTINGS).values(name="workspace", value=workspace))
    elif kept != workspace:
        raise BadRequest(
            _("这是工作区 {kept} 的业务库，不是 {workspace} 的").format(kept=kept, workspace=workspace),
            remedy=_("用 --out 或 --operations 指定另一个位置。"), place=Place(place),
        )  # fmt: skip


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what an engine says about files, rights and connections into errors a person can act on."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.InterfaceError) and not error.connection_invalidated:
            raise
        raise _explain(error, place) from None


def _explain(error: sa.exc.DBAPIError, place: str) -> BadRequest:
    said = re.sub(r"password=\S+|://[^@/\s]*@", "://…@", str(error.orig))
    if "locked" in said:
        return Busy(_("业务库正被另一个进程写入"), said, _("等它结束后重试；什么都没有改动。"), Place(place))
    if "not a database" in said or "malformed" in said:
        return BadRequest(_("业务库文件已损坏或不是业务库"), said, _("从备份恢复；不要删除，其中的决定和历史无法重建。"), Place(place))
    if "readonly" in said or "unable to open" in said or "permission" in said.lower():
        return BadRequest(_("没有权限写入业务库"), said, _("核对文件夹是否只读、是否属于当前用户。"), Place(place))
    if "full" in said.lower() or "disk i/o" in said.lower() or "no space left" in said.lower():
        return Busy(_("写不进磁盘：空间不足或超出限额"), said, _("腾出空间后重新运行；此前的内容没有改变。"), Place(place))
    return Busy(_("连不上业务库，或连接中断"), said, _("核对地址，确认服务器正在运行后重试；此前的内容没有改变。"), Place(place))
