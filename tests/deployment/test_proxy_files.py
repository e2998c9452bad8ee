"""The reverse proxies' files: well formed, and passing on what the doors go by."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from guibiao.serve.settings import MEGABYTE, Settings
from tests.deployment.unit_files import DEPLOY

NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
CADDY = (DEPLOY / "Caddyfile").read_text("utf-8")


def directives(text: str) -> list[tuple[int, str]]:
    """Directives of an nginx file with the depth they stand at; ValueError where it is not well formed."""
    depth, found, rest = 0, [], re.sub(r"#[^\n]*", "", text)
    while rest := rest.lstrip():
        if rest[0] == "}":
            depth, rest = depth - 1, rest[1:]
            if depth < 0:
                raise ValueError("a brace too many")
            continue
        match = re.match(r"(?:[^;{}\"$]|\"[^\"]*\"|\$\w+)+", rest)
        if match is None or match.end() == len(rest):
            raise ValueError(f"no end: {rest[:40]}")
        found.append((depth, " ".join(match[0].split())))
        if rest[match.end()] == "}":
            raise ValueError(f"no semicolon: {match[0]}")
        depth += rest[match.end()] == "{"
        rest = rest[match.end() + 1 :]
    if depth:
        raise ValueError("a brace too few")
    return found


def test_nginx_passes_on_what_the_doors_go_by() -> None:
    found = {text for _depth, text in directives(NGINX)}
    assert {
        "proxy_set_header Host $host", "proxy_set_header X-Forwarded-For $remote_addr", "proxy_set_header X-Forwarded-Proto https",
    } <= found  # fmt: skip
    assert not any("$proxy_add_x_forwarded_for" in text for text in found)
    assert _megabytes(r"client_max_body_size (\d+)m;", NGINX) > Settings().upload_limit / MEGABYTE


def test_a_file_that_is_not_well_formed_is_noticed() -> None:
    for wrong in (NGINX + "}", NGINX.rstrip().removesuffix("}"), NGINX.replace("proxy_read_timeout 120s;", "proxy_read_timeout 120s")):
        with pytest.raises(ValueError, match=r"^(a brace|no )"):
            directives(wrong)


def test_caddy_passes_on_what_the_doors_go_by() -> None:
    assert "header_up X-Forwarded-For {remote_host}" in CADDY
    assert CADDY.count("{") == CADDY.count("}")
    assert _megabytes(r"max_size (\d+)MB", CADDY) > Settings().upload_limit / MEGABYTE


def test_both_lead_to_the_port_on_which_the_site_listens() -> None:
    from guibiao.commands.serve import serve

    port = serve.__defaults__[3] if serve.__defaults__ else 0
    assert port == 8000
    assert f"server 127.0.0.1:{port};" in NGINX
    assert f"reverse_proxy 127.0.0.1:{port} " in CADDY


def _megabytes(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None
    return int(found[1])


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx reads its own file where it is")
def test_nginx_finds_nothing_wrong(tmp_path: Path) -> None:
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    _self_signed(key, certificate)
    site = NGINX.replace("/etc/ssl/guibiao", str(tmp_path))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    whole = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{site}}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    command = ["nginx", "-t", "-e", str(tmp_path / "errors"), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy reads its own file where it is")
def test_caddy_finds_nothing_wrong(tmp_path: Path) -> None:
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def _self_signed(key: Path, certificate: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=data.example.org", "-days", "2"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True, timeout=60)
