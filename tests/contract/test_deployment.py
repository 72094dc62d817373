"""Compose file, image and manifests name the processes, settings and topics that exist."""

import importlib.util
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from shared.contracts.events import EVENTS
from shared.contracts.topics import TOPICS
from shared.runtime.command import service_command
from shared.runtime.settings import ServiceSettings
from tests.support.material import ROOT
from tests.support.settings import PREFIX, SERVICES, demanded_of, plausible_settings, variables_of

PROCESSES: Final = ("migrate", "serve", "work")
DOCKERFILE: Final = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: Final[dict[str, Any]] = yaml.safe_load(
    (ROOT / "compose.yaml").read_text(encoding="utf-8")
)["services"]


def manifests(name: str) -> list[dict[str, Any]]:
    """Read one file of Kubernetes manifests."""
    path = ROOT / "deploy" / "kubernetes" / f"{name}.yaml"
    return [*yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def containers(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the containers of every job and deployment."""
    for document in documents:
        if document["kind"] in {"Job", "Deployment"}:
            yield from document["spec"]["template"]["spec"]["containers"]


def test_compose_runs_every_process_of_every_service_and_nothing_else() -> None:
    ours = {f"{service}-{process}" for service in SERVICES for process in PROCESSES}

    assert set(COMPOSE) == ours | {"postgres", "kafka", "topics"}
    for service in SERVICES:
        for process in PROCESSES:
            container = COMPOSE[f"{service}-{process}"]
            assert container["command"] == [process]
            assert container["build"]["args"] == {"SERVICE": service}
            assert container["image"] == f"waarmerk/{service}"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("process", PROCESSES)
def test_compose_gives_a_process_settings_that_exist_and_all_it_demands(
    service: str, process: str
) -> None:
    given = set(COMPOSE[f"{service}-{process}"]["environment"])

    assert given <= variables_of(service)
    assert demanded_of(service) <= given


def test_the_image_sets_only_settings_that_exist() -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", DOCKERFILE))

    assert named <= {PREFIX + name.upper() for name in ServiceSettings.model_fields}


def test_the_image_is_built_from_the_lock_and_runs_without_privileges() -> None:
    assert "--require-hashes -r /tmp/requirements.lock" in DOCKERFILE
    assert re.search(r"^USER \d+$", DOCKERFILE, re.MULTILINE)
    assert "HEALTHCHECK" in DOCKERFILE


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_process_is_a_command_of_its_service(service: str, process: str) -> None:
    command = service_command(f"services.{service}")

    named = {known.callback.__name__ for known in command.registered_commands if known.callback}
    assert process in named
    assert importlib.util.find_spec(f"services.{service}.__main__") is not None


def test_whatever_keeps_running_has_a_health_check() -> None:
    for name, container in COMPOSE.items():
        ends = name == "topics" or name.endswith("-migrate")
        check = container["healthcheck"]
        assert check == {"disable": True} if ends else "CMD" in check["test"], name


def test_every_port_is_bound_to_loopback() -> None:
    ports = [port for container in COMPOSE.values() for port in container.get("ports", ())]

    assert len(ports) == len(SERVICES)
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_nothing_starts_before_what_it_needs() -> None:
    for service in SERVICES:
        assert set(COMPOSE[f"{service}-migrate"]["depends_on"]) == {"postgres"}
        assert set(COMPOSE[f"{service}-serve"]["depends_on"]) == {f"{service}-migrate"}
        assert set(COMPOSE[f"{service}-work"]["depends_on"]) == {f"{service}-migrate", "topics"}


def test_the_workers_name_exactly_the_topics_of_the_contracts() -> None:
    announced = [
        topic
        for service in SERVICES
        for topic in COMPOSE[f"{service}-work"]["labels"]["waarmerk.announces"].split()
    ]
    heard = {
        topic
        for service in SERVICES
        for topic in COMPOSE[f"{service}-work"]["labels"]["waarmerk.hears"].split()
    }

    # Each topic has one writer, and somebody who listens.
    assert sorted(announced) == sorted(topic.name for topic in TOPICS)
    assert heard <= set(announced)
    assert {event.topic.name for event in EVENTS} == set(announced)


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_hears_exactly_the_topics_it_names(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: dict[str, Any] = {}
    monkeypatch.setattr("shared.runtime.worker.Consumer", lambda **given: built.update(given))

    importlib.import_module(f"services.{service}.app").create_worker(plausible_settings(service))

    named = COMPOSE[f"{service}-work"]["labels"]["waarmerk.hears"].split()
    assert built["subscriptions"].topics == set(named)


@pytest.mark.parametrize("service", SERVICES)
def test_the_manifests_of_a_service_run_its_three_processes(service: str) -> None:
    documents = manifests(service)

    kinds = sorted(document["kind"] for document in documents)
    assert kinds == ["ConfigMap", "Deployment", "Deployment", "Job", "Service"]
    assert sorted(container["args"][0] for container in containers(documents)) == [*PROCESSES]
    for container in containers(documents):
        assert container["image"].partition(":")[0] == COMPOSE[f"{service}-serve"]["image"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("service", SERVICES)
def test_the_manifests_give_settings_that_exist_and_all_that_are_demanded(service: str) -> None:
    path = ROOT / "deploy" / "kubernetes" / f"{service}.yaml"
    head = path.read_text(encoding="utf-8").partition("apiVersion")[0]
    given = next(each for each in manifests(service) if each["kind"] == "ConfigMap")["data"].keys()
    secret = set(re.findall(rf"{PREFIX}[A-Z_]+", head))

    assert given | secret <= variables_of(service)
    assert demanded_of(service) <= given | secret
    assert not given & secret


@pytest.mark.parametrize("service", SERVICES)
def test_the_manifests_probe_every_process_that_keeps_running(service: str) -> None:
    for container in containers(manifests(service)):
        if container["args"] != ["migrate"]:
            port = container["ports"][0]["containerPort"]
            assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": port}
            assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": port}


def test_compose_and_manifests_make_the_topics_by_the_same_command() -> None:
    [job] = containers(manifests("topics"))

    assert (
        job["command"] == COMPOSE["topics"]["entrypoint"] == ["python", "-m", "services", "topics"]
    )
