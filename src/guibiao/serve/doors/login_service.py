"""Single sign-on by OpenID Connect (Core 1.0, authorization code with PKCE, RFC 7636): who the login service says somebody is."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from guibiao.model.access import Refused
from guibiao.model.messages import translate as _
from guibiao.serve.doors.tokens import Signer, new_token

if TYPE_CHECKING:
    import httpx

ALGORITHMS = ("RS256", "PS256", "ES256")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
PURPOSE = "login service"
PATIENCE = 10.0
"""Seconds for an answer of the login service."""
LIFE = timedelta(minutes=10)
_LEEWAY = 60
_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """A client registered with the login service; `callback` is the address that it leads back to."""

    issuer: str
    client: str
    secret: str
    callback: str
    name: str = ""


class LoginService:
    """The login service: `start` leads there, `finish` takes what it sends back. `transport` stands in for the network in tests."""

    def __init__(
        self, settings: ServiceSettings, signer: Signer, now: Callable[[], datetime], transport: httpx.BaseTransport | None = None
    ) -> None:  # fmt: skip
        self.settings = settings
        self._signer = signer
        self._now = now
        self._transport = transport
        self._lock = threading.Lock()
        self._about: tuple[datetime, dict[str, Any], dict[str, Any]] | None = None

    def start(self, back: str) -> tuple[str, str]:
        """Where to lead the browser, and the sealed memory of it for a cookie."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = new_token(), new_token(), new_token()
        metadata, _keys = self._known()
        url = prepare_grant_uri(
            metadata["authorization_endpoint"], self.settings.client, "code", self.settings.callback, "openid profile", state, nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
        )  # fmt: skip
        memory = {"state": state, "nonce": nonce, "verifier": verifier, "back": back}
        return str(url), self._signer.seal(PURPOSE, memory, self._now() + LIFE)

    def finish(self, sealed: str, query: Mapping[str, str]) -> tuple[str, str]:
        """Subject (issuer and subject) and the path to go back to; Refused where the answer was not asked for by this browser."""
        memory = self._signer.unseal(PURPOSE, sealed, self._now())
        if memory is None or not hmac.compare_digest(query.get("state", "").encode(), memory["state"].encode()):
            raise _refused(_("登录请求不是从本站发起的，或已过期"))
        if "error" in query or not query.get("code"):
            raise _refused(_("统一登录没有完成"))
        if query.get("iss", self.settings.issuer) != self.settings.issuer:
            raise _refused(_("答复来自另一个登录服务"))
        token = self._token(query["code"], memory["verifier"])
        claims = self._claims(str(token.get("id_token", "")), memory["nonce"])
        return f"{self.settings.issuer}|{claims['sub']}", str(memory["back"])

    def _token(self, code: str, verifier: str) -> Mapping[str, Any]:
        import httpx
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        metadata, _keys = self._known()
        body = prepare_token_request("authorization_code", redirect_uri=self.settings.callback, code=code, code_verifier=verifier)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        way = ClientAuth(self.settings.client, self.settings.secret, "client_secret_basic")
        url, headers, body = way.prepare("POST", metadata["token_endpoint"], headers, body)
        try:
            with httpx.Client(transport=self._transport, timeout=PATIENCE) as client:
                found = client.post(url, content=body, headers=headers).raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            found = None
        if not isinstance(found, dict):
            raise _refused(_("统一登录服务没有认可这次登录"))
        return found

    def _claims(self, text: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token (OpenID Connect Core 3.1.3.7); keys are fetched anew once where none fits: they rotate."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for fresh in (False, True):
            _metadata, keys = self._known(fresh=fresh)
            try:
                token = jwt.decode(text, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]  # a plain mapping
            except (JoseError, ValueError, KeyError):
                continue
            claims: Mapping[str, Any] = token.claims
            if self._is_ours(claims, nonce):
                return claims
            break
        raise _refused(_("统一登录的答复未通过核验"))

    def _is_ours(self, claims: Mapping[str, Any], nonce: str) -> bool:
        now = self._now().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        times = (claims.get("exp", 0), claims.get("iat", now))
        return (
            claims.get("iss") == self.settings.issuer
            and self.settings.client in audiences
            and claims.get("azp", self.settings.client) == self.settings.client
            and all(isinstance(each, int | float) for each in times)
            and times[0] > now - _LEEWAY
            and times[1] < now + _LEEWAY
            and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
            and isinstance(claims.get("sub"), str)
            and bool(claims["sub"])
        )

    def _known(self, *, fresh: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """Metadata and keys of the service, fetched at most once an hour."""
        import httpx

        with self._lock:
            if not fresh and self._about is not None and self._now() - self._about[0] < _KEPT:
                return self._about[1], self._about[2]
            try:
                with httpx.Client(transport=self._transport, timeout=PATIENCE) as client:
                    metadata = client.get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
                    keys = client.get(metadata["jwks_uri"]).raise_for_status().json()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
                raise _refused(_("连不上统一登录服务")) from None
            if any(not str(metadata.get(name, "")).startswith("https://") for name in ENDPOINTS):
                raise _refused(_("统一登录服务的说明不完整，或地址不是 https"))
            if metadata.get("issuer") != self.settings.issuer:
                raise _refused(_("统一登录服务的标识与设置不符"))
            self._about = self._now(), metadata, keys
            return metadata, keys


def _refused(title: str) -> Refused:
    return Refused(title, remedy=_("重新登录；若仍不行，请找管理员。"))
