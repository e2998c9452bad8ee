"""Everything the doors of one site share: the store, the desks, the matrix, the names of cookies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request

from guibiao.model.access import Principal
from guibiao.serve.doors.access_store import AccessStore
from guibiao.serve.doors.keys import KeyDesk, RateLimit, Rates, SharedRates
from guibiao.serve.doors.matrix import Matrix, read_matrix
from guibiao.serve.doors.passwords import Argon2, PasswordHasher
from guibiao.serve.doors.signing_in import SignInDesk, SignInRules
from guibiao.serve.doors.tokens import Signer, new_token
from guibiao.serve.doors.users import UserDesk
from guibiao.serve.settings import Settings, is_server


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The doors of one site; `store` is None where nobody can sign in, then everybody is an unknown reader."""

    settings: Settings
    matrix: Matrix
    signer: Signer
    rates: Rates
    now: Callable[[], datetime]
    store: AccessStore | None = None
    signing: SignInDesk | None = None
    keys: KeyDesk | None = None
    users: UserDesk | None = None
    hosts: frozenset[str] = field(default_factory=frozenset)
    """Host names that the site answers to; empty for any."""

    @property
    def open_site(self) -> bool:
        """Whether readers need no account; `anonymous=no` among the further settings closes the site."""
        return self.settings.extra.get("anonymous", "yes") != "no"

    @property
    def session_cookie(self) -> str:
        """`__Host-`: browsers take it only over https, for this host, for the whole site."""
        return "__Host-session" if self.settings.production else "session"

    @property
    def form_cookie(self) -> str:
        """Binds the forms of people who are not signed in."""
        return "__Host-form" if self.settings.production else "form"

    def cookie(self, name: str, value: str, lasting: timedelta | None = None) -> str:
        """A Set-Cookie header: for this site alone, out of reach of scripts; ended at once where the value is empty."""
        age = "; Max-Age=0" if not value else f"; Max-Age={int(lasting.total_seconds())}" if lasting else ""
        secure = "; Secure" if self.settings.production else ""
        return f"{name}={value}; Path=/{age}; SameSite=Lax; HttpOnly{secure}"


def make_doors(
    settings: Settings, store: AccessStore | None, *, hasher: PasswordHasher | None = None, now: Callable[[], datetime] = clock,
    rules: SignInRules | None = None, matrix: Matrix | None = None,
) -> Doors:  # fmt: skip
    """The doors as the settings want them."""
    rules = rules or SignInRules(session=timedelta(minutes=settings.session_minutes))
    doors = Doors(
        settings=settings, matrix=matrix or read_matrix(), signer=Signer(settings.secret), rates=_rates(settings, store, now), now=now,
        hosts=_hosts(settings.address),
    )  # fmt: skip
    if store is None:
        return doors
    hasher = hasher or Argon2()
    signing, keys, users = SignInDesk(store, hasher, now, rules), KeyDesk(store, now), UserDesk(store, hasher, now)
    return replace(doors, store=store, signing=signing, keys=keys, users=users)


def _rates(settings: Settings, store: AccessStore | None, now: Callable[[], datetime]) -> Rates:
    """Counted in the store where other processes may serve the same site: with several workers, or on a database server."""
    shared = settings.workers > 1 or is_server(settings.operations)
    return SharedRates(store, now) if store is not None and shared else RateLimit()


def _hosts(address: str) -> frozenset[str]:
    """The host name of a public address, as the guard compares it; empty for no address."""
    found = urlsplit(address).hostname or ""
    return frozenset({f"[{found}]" if ":" in found else found} if found else ())


def doors_of(request: Request) -> Doors:
    """The doors of the application that serves the request."""
    found: Doors = request.app.state.doors
    return found


def principal_of(request: Request) -> Principal:
    """Who asks."""
    found: Principal = getattr(request.state, "principal", None) or Principal()
    return found


def form_token(request: Request) -> str:
    """The token for the forms of a page: bound to the session, or to a cookie that this answer sets."""
    doors, principal = doors_of(request), principal_of(request)
    if principal.session is not None:
        return doors.signer.form_token(principal.session.id)
    binding: str = getattr(request.state, "form_binding", "")
    if not binding:
        binding = request.state.form_binding = request.state.new_form_binding = new_token()
    return doors.signer.form_token(binding)
