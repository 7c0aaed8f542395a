"""The image and the compose files: nothing secret in them, nothing that can be written, nothing that can be gained."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import example, load

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+)==(\S+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)")

Json = dict[str, Any]


def compose(name: str) -> Json:
    """Return a compose file."""
    found: Json = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    return found


def services() -> dict[str, Json]:
    """Return every service, with what the second file adds to it."""
    first, second = compose("compose.yaml")["services"], compose("compose.several.yaml")["services"]
    merged = {}
    for name in first.keys() | second.keys():
        one, other = first.get(name, {}), second.get(name, {})
        merged[name] = one | other | {"environment": one.get("environment", {}) | other.get("environment", {})}
    return merged


def instructions(word: str) -> list[str]:
    """Return what follows each such word in the Containerfile, its lines joined."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.removeprefix(f"{word} ") for line in text.splitlines() if line.startswith(f"{word} ")]


@pytest.mark.parametrize("name", ["bot", "database", "proxy"])
def test_a_container_can_write_nothing_and_gain_nothing(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "devices", "pid", "ipc", "network_mode", "userns_mode"} & service.keys()
    assert all("noexec" in mount for mount in service["tmpfs"])
    assert "/var/run/docker.sock" not in str(service.get("volumes"))
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_the_bot_and_its_database_are_nobody_in_particular() -> None:
    assert services()["bot"]["user"] == "10001:10001"
    assert services()["database"]["user"] == "999:999"
    assert instructions("USER") == ["10001:10001"]


def test_only_the_proxy_has_a_door_to_the_outside() -> None:
    one = compose("compose.yaml")
    assert [name for name, service in services().items() if service.get("ports")] == ["proxy"]
    assert one["networks"]["inside"]["internal"] is True
    assert one["services"]["database"]["networks"] == ["inside"]
    assert "healthcheck" in one["services"]["database"]


def test_secrets_are_files_and_none_is_in_a_variable() -> None:
    one = compose("compose.yaml")
    assert all(secret["file"].startswith("./secrets/") for secret in one["secrets"].values())
    assert {name for service in one["services"].values() for name in service["secrets"]} == one["secrets"].keys()
    for service in services().values():
        for name, value in service["environment"].items():
            assert not re.search("password|token|key|secret", name.lower()) or name.endswith("_FILE"), name
            assert not re.search(r"://[^/@]+:[^/@]+@", str(value)), name
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/deploy/secrets/", "/deploy/config.toml"} <= set(ignored)


def test_what_the_variables_set_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """F37: of the image, of one bot and of several."""
    words = " ".join(instructions("ENV")).split()
    given = dict(word.split("=", 1) for word in words) | services()["bot"]["environment"]
    for name, value in given.items():
        if name.startswith("ALWAND_"):
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?[^}]*\}", "bot.example", str(value)))
    config = load(example())
    assert config.storage.url == "postgresql+asyncpg://alwand@database/alwand"
    assert (config.telegram.intake, config.telegram.webhook_url) == ("webhook", "https://bot.example/telegram")
    assert (config.telegram.webhook_host, config.telegram.webhook_port) == ("0.0.0.0", 8081)
    assert [str(config.key_file()), str(config.telegram.token_file)] == ["/run/secrets/alwand_key", "/run/secrets/telegram_token"]
    proxy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert "path /telegram" in proxy
    assert "port 8081" in proxy
    assert re.findall(r"(?m)^\s*(log|exclude)\b.*$", proxy) == ["log", "exclude"], "nothing but what is left out"
    assert "http.log.error" in proxy


def test_the_image_takes_only_what_is_pinned_and_only_what_it_is_made_of() -> None:
    installs = [
        part for run in instructions("RUN") for part in run.split("&&") if "pip" in part and " install " in part and "apt-get" not in part
    ]
    assert len(installs) == 3
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)
    text = (ROOT / "requirements-build.lock").read_text(encoding="ascii")
    assert "hatchling" in {name for name, _, _ in PIN.findall(text)}
    assert len(PIN.findall(text)) == len([line for line in text.splitlines() if line and not line.startswith((" ", "#"))])
    copied = [name for copy in instructions("COPY") if not copy.startswith("--from") for name in copy.split()[:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    kept = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == kept
    assert instructions("ADD") == []


def test_the_image_says_whether_it_lives_and_is_told_to_stop_as_the_bot_expects() -> None:
    [check] = instructions("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/healthz" in command[2]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert (instructions("ENTRYPOINT"), instructions("CMD")) == (['["alwand"]'], ['["run"]'])


def test_docker_understands_the_compose_files() -> None:
    """Where docker and its compose plugin are: no engine is needed for that."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("docker compose is not here")
    files = ["-f", "deploy/compose.yaml", "-f", "deploy/compose.several.yaml"]
    told = subprocess.run(
        [docker, "compose", *files, "config", "--quiet"],
        cwd=ROOT,
        env={"PATH": str(Path(docker).parent), "ALWAND_DOMAIN": "bot.example"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
