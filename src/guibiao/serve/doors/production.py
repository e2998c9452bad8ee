"""What a site in production refuses to start with."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from guibiao.model.messages import translate as _
from guibiao.serve.settings import Settings, is_server

SHORTEST_SECRET = 32
_KNOWN = ("secret", "change", "default", "password", "example", "guibiao", "123456")


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to start, and what to do."""

    setting: str
    title: str
    remedy: str


def refusals(settings: Settings) -> list[Fault]:
    """Everything that keeps a site from starting; empty outside production, except for what several workers cannot do."""
    faults = _of_workers(settings)
    if not settings.production:
        return faults
    if settings.debug:
        faults.append(Fault("debug", _("正式运行不能打开调试"), _("去掉 --debug。")))
    if is_weak(settings.secret):
        faults.append(
            Fault(
                "secret",
                _("密钥为空、过短或是默认值"),
                _("设 GUIBIAO_SECRET 为 32 位以上的随机文字，例如 openssl rand -base64 48 的输出。"),
            )
        )
    if not settings.address.startswith("https://") or not urlsplit(settings.address).hostname:
        faults.append(Fault("address", _("没有写对外的 https 地址"), _("用 --address https://… 写明；登录只在 https 下安全。")))
    if "*" in settings.trusted_proxies:
        faults.append(Fault("trusted_proxies", _("不能信任所有来源的转发地址"), _("只写反向代理的地址。")))
    issuer = settings.extra.get("oidc_issuer", "")
    if issuer and not issuer.startswith("https://"):
        faults.append(Fault("oidc_issuer", _("统一登录服务的地址不是 https"), _("换成 https 地址。")))
    if issuer and not (settings.extra.get("oidc_client") and settings.extra.get("oidc_secret")):
        faults.append(Fault("oidc_client", _("统一登录没有写客户端标识或密钥"), _("设 GUIBIAO_OIDC_CLIENT 和 GUIBIAO_OIDC_SECRET。")))
    return faults


def is_weak(secret: str) -> bool:
    """Whether a secret is missing, short, repeats itself, or holds a word that examples use."""
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 3 or any(word in secret.lower() for word in _KNOWN)


def _of_workers(settings: Settings) -> list[Fault]:
    if settings.workers <= 1:
        return []
    faults = []
    if settings.operations and not is_server(settings.operations):
        faults.append(
            Fault("operations", _("SQLite 业务库不能供多个工作进程使用"), _("用 --operations postgresql://… ，或只开一个工作进程。"))
        )
    if not settings.secret and not settings.production:
        faults.append(Fault("secret", _("多个工作进程要有同一个密钥"), _("设 GUIBIAO_SECRET。")))
    return faults
