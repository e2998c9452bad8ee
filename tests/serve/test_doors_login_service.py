"""Single sign-on against a login service played in this process: what it says is checked to the last claim."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from guibiao.model.access import Role
from guibiao.serve.doors.login_service import LoginService, ServiceSettings
from tests.serve.door_samples import Clock, Site, make_site

ISSUER = "https://login.example"
ADDRESS = "http://testserver"
EXTRA = {"oidc_issuer": ISSUER, "oidc_client": "guibiao", "oidc_secret": "client-secret", "oidc_name": "市统一登录"}
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Service:
    """A login service: `claims` and `key` may be bent by a test."""

    clock: Clock
    key: RSAKey = field(default_factory=lambda: KEY)
    signing: RSAKey = field(default_factory=lambda: KEY)
    bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    issuer: str = ISSUER
    nonce: str = ""
    challenge: str = ""
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path == "/.well-known/openid-configuration":
            addresses = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return httpx.Response(200, json={"issuer": self.issuer, **{name: ISSUER + path for name, path in addresses.items()}})
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        verifier = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        basic = base64.b64encode(b"guibiao:client-secret").decode()
        if form["code"] != "good" or verifier != self.challenge or request.headers["authorization"] != f"Basic {basic}":
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "sub": "7", "aud": "guibiao", "exp": now + 300, "iat": now, "nonce": self.nonce}
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "id_token": self.token(self.bend(claims))})

    def token(self, claims: dict[str, Any]) -> str:
        if self.header["alg"] == "none":
            parts = (json.dumps(part).encode() for part in (self.header, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        return jwt.encode(self.header, claims, self.signing)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path, extra=EXTRA, address=ADDRESS)
    made.add("anna", Role.READER, subject=f"{ISSUER}|7")
    yield made
    made.store.close()


@pytest.fixture
def service(site: Site) -> Service:
    played = Service(site.clock)
    settings = ServiceSettings(
        issuer=ISSUER, client="guibiao", secret="client-secret", callback=f"{ADDRESS}/sign-in/service/back", name="市统一登录"
    )
    site.application.state.login_service = LoginService(settings, site.doors.signer, site.clock, httpx.MockTransport(played))
    return played


def start(client: httpx.Client, service: Service, back: str = "/account") -> dict[str, str]:
    """Follow the link to the login service; returns what it was asked."""
    answer = client.get("/sign-in/service", params={"next": back})
    assert answer.status_code == 303
    url = urlsplit(answer.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{ISSUER}/authorize"
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    service.nonce, service.challenge = asked["nonce"], asked["code_challenge"]
    return asked


def come_back(client: httpx.Client, asked: dict[str, str], **changed: str) -> httpx.Response:
    return client.get("/sign-in/service/back", params={"state": asked["state"], "code": "good", **changed})


def test_who_the_service_knows_is_signed_in_and_led_back(site: Site, service: Service) -> None:
    client = site.client()
    assert "市统一登录" in client.get("/sign-in").text
    asked = start(client, service)
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", "guibiao")
    assert asked["redirect_uri"] == f"{ADDRESS}/sign-in/service/back"
    answer = come_back(client, asked)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "用户anna" in client.get("/account").text
    last = site.store.latest("audit", 1)[0].deed
    assert (last.action, last.who, last.detail["way"]) == ("sign-in", "anna", "service")


def test_it_leads_back_to_this_site_only(site: Site, service: Service) -> None:
    client = site.client()
    assert come_back(client, start(client, service, "//evil.example")).headers["location"] == "/"


def test_keys_that_rotated_are_fetched_anew(site: Site, service: Service) -> None:
    client = site.client()
    asked = start(client, service)
    service.key = service.signing = RSAKey.generate_key(2048, {"kid": "two"})
    service.header = {"alg": "RS256", "kid": "two"}
    assert come_back(client, asked).status_code == 303
    assert service.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "bend",
    [
        {"iss": "https://other.example"}, {"aud": "someone-else"}, {"aud": ["a", "b"]}, {"nonce": "replayed"}, {"exp": 0}, {"exp": "soon"},
        {"iat": 2**40}, {"sub": ""}, {"sub": 7}, {"azp": "someone-else"}, {"nonce": None}, {"exp": None},
    ],
)  # fmt: skip
def test_a_claim_that_does_not_fit_lets_nobody_in(site: Site, service: Service, bend: dict[str, Any]) -> None:
    client = site.client()
    asked = start(client, service)
    service.bend = lambda claims: {name: value for name, value in {**claims, **bend}.items() if value is not None}
    answer = come_back(client, asked)
    assert answer.status_code == 403
    assert "session" not in client.cookies


@pytest.mark.parametrize("way", ["another key", "no algorithm", "shared secret"])
def test_a_forged_signature_lets_nobody_in(site: Site, service: Service, way: str) -> None:
    from joserfc.jwk import OctKey

    client = site.client()
    asked = start(client, service)
    if way == "another key":
        service.signing = OTHER
    elif way == "no algorithm":
        service.header = {"alg": "none"}
    else:
        secret = OctKey.import_key("client-secret-that-is-long-enough-for-hmac")
        service.token = lambda claims: jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret)  # type: ignore[method-assign]
    assert come_back(client, asked).status_code == 403


@pytest.mark.parametrize(
    "changed", [{"state": "forged"}, {"state": "é"}, {"code": "bad"}, {"code": ""}, {"error": "denied"}, {"iss": "https://x.example"}]
)
def test_an_answer_nobody_asked_for_is_refused(site: Site, service: Service, changed: dict[str, str]) -> None:
    client = site.client()
    assert come_back(client, start(client, service), **changed).status_code == 403


def test_another_browser_cannot_finish_what_this_one_began(site: Site, service: Service) -> None:
    asked = start(site.client(), service)
    assert come_back(site.client(), asked).status_code == 403
    slow = site.client()
    asked = start(slow, service)
    site.clock.pass_by(minutes=11)
    assert come_back(slow, asked).status_code == 403


def test_a_person_without_an_account_is_told_what_to_ask_for(site: Site, service: Service) -> None:
    client = site.client()
    asked = start(client, service)
    service.bend = lambda claims: {**claims, "sub": "8"}
    answer = come_back(client, asked)
    assert answer.status_code == 403
    assert f"{ISSUER}|8" in answer.text
    assert site.store.latest("audit", 1)[0].deed.outcome == "refused"


def test_a_disabled_user_stays_out(site: Site, service: Service) -> None:
    assert site.doors.users is not None
    site.doors.users.disable("anna", "chief")
    client = site.client()
    assert come_back(client, start(client, service)).status_code == 403


@pytest.mark.parametrize("fault", ["foreign issuer", "no network", "rubbish"])
def test_a_service_that_fails_is_told_and_nothing_breaks(site: Site, service: Service, fault: str) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        if fault == "no network":
            raise httpx.ConnectError("no route")
        return httpx.Response(200, text="<html>")

    if fault == "foreign issuer":
        service.issuer = "https://other.example"
    else:
        site.application.state.login_service._transport = httpx.MockTransport(answer)
    assert site.client().get("/sign-in/service").status_code == 403


def test_without_a_service_there_is_no_way_to_it(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    assert site.client().get("/sign-in/service").status_code == 403
    assert "/sign-in/service" not in site.client().get("/sign-in").text
    site.store.close()
