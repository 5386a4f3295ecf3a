"""The fixtures. See tests/README.md for how these tests are thought out."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for `fakes`

pytest.register_assert_rewrite("sdk.scenarios")

from fakes.certificates import Authority  # noqa: E402
from fakes.upstream import FakeUpstream  # noqa: E402
from router import Router, find_binary, model  # noqa: E402

ALLOWED_ORIGIN = "https://webui.example"


def pytest_report_header():
    try:
        return f"router: {find_binary()}"
    except FileNotFoundError as error:
        return f"router: {error}"


def shared_config(upstream) -> dict:
    return {
        "model_list": [
            model("chat", upstream, model_info={"id": "the-chat-target"}),
            model("vendor/large/model", upstream),
            model("local/*", upstream, upstream_model="*"),
            model("mock", mock_response="a mocked answer"),
        ],
        "router_settings": {
            "model_group_alias": {"alias": "chat", "secret-alias": {"model": "chat", "hidden": True}},
        },
        "general_settings": {"cors_allowed_origins": [ALLOWED_ORIGIN]},
    }


@pytest.fixture(scope="session")
def shared_upstream():
    with FakeUpstream() as upstream:
        yield upstream


class Shared:
    """The router that most tests use; a test that kills it is blamed, and the next one gets a new one."""

    def __init__(self, folders, upstream):
        self._folders = folders
        self._upstream = upstream
        self.router: Router | None = None

    def alive(self) -> Router:
        if self.router is None:
            self.router = Router(self._folders.mktemp("shared"), shared_config(self._upstream))
        return self.router

    def look(self):
        if self.router and not self.router.is_alive():
            dead, self.router = self.router, None
            dead.look_at_what_is_left(dead.process.returncode)
            pytest.fail("the router ended during this test")


@pytest.fixture(scope="session")
def shared_router(tmp_path_factory, shared_upstream):
    shared = Shared(tmp_path_factory, shared_upstream)
    yield shared
    if shared.router:
        shared.router.stop()


@pytest.fixture
def upstream(shared_upstream):
    """The fake behind the shared router, with nothing left from the test before."""
    shared_upstream.forget()
    yield shared_upstream
    assert not shared_upstream.script_errors, shared_upstream.script_errors


@pytest.fixture
def router(shared_router, upstream):
    """A router that several tests share: do not stop it, do not change it. It leads to `upstream`."""
    yield shared_router.alive()
    shared_router.look()


@pytest.fixture
def client(router):
    with router.client() as client:
        yield client


@pytest.fixture
def start_router(tmp_path_factory):
    """A router of the test's own: start_router({...}); looked at and stopped at the end."""
    started = []

    def start(config: dict, **how) -> Router:
        router = Router(tmp_path_factory.mktemp("router"), config, **how)
        started.append(router)
        return router

    yield start
    try:
        for router in started:
            router.stop()
    finally:
        for router in started:
            router.kill()


@pytest.fixture
def start_upstream():
    """More fakes: start_upstream(script)."""
    started = []

    def start(default=None, **how) -> FakeUpstream:
        started.append(FakeUpstream(default, **how))
        return started[-1]

    yield start
    for upstream in started:
        upstream.stop()
        assert not upstream.script_errors, upstream.script_errors


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
