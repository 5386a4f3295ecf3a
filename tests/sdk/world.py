"""A router that leads to one provider of each dialect."""

import httpx

from fakes.provider import Provider
from fakes.upstream import FakeUpstream
from router import PROVIDER_KEY, Router

UPSTREAMS = {  # dialect -> the model, as the configuration names it
    "openai_chat": "openai_like/gpt-4.1",
    "deepseek": "deepseek/deepseek-reasoner",
    "openai_responses": "openai/responses/gpt-5.5",
    "anthropic_messages": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-3-pro-preview",
}


def entry(name: str, dialect: str, upstream: FakeUpstream, model: str | None = None, **more) -> dict:
    """An entry of model_list that leads to a provider."""
    base = upstream.base_url if dialect in ("openai_chat", "openai_responses", "deepseek") else upstream.origin
    params = {"model": model or UPSTREAMS[dialect], "api_key": PROVIDER_KEY, "api_base": base, **more}
    return {"model_name": name, "litellm_params": params}


class World:
    """`models` names other ones than usual: {dialect: model}; `prices` are those of every one."""

    def __init__(self, folder, models=None, prices=None, **config):
        self.upstreams = {dialect: FakeUpstream(Provider(dialect, None)) for dialect in UPSTREAMS}
        models = [entry(self.model(dialect), dialect, upstream, (models or {}).get(dialect), **(prices or {})) for dialect, upstream in self.upstreams.items()]
        self.http = httpx.Client(timeout=20, trust_env=False)
        try:
            self.router = Router(folder, {"model_list": models, **config})
        except BaseException:
            self._stop_upstreams()
            raise

    @staticmethod
    def model(dialect: str) -> str:
        return f"the-{dialect}"

    def provide(self, dialect: str, mind, **how) -> Provider:
        """The provider behind the model of this dialect, for one conversation."""
        provider = Provider(dialect, mind, **how)
        self.upstreams[dialect].forget()
        self.upstreams[dialect].always(provider)
        return provider

    def look(self, dialect: str):
        assert not self.upstreams[dialect].script_errors, self.upstreams[dialect].script_errors
        assert self.router.is_alive(), self.router.stderr()[-4000:]

    def _stop_upstreams(self):
        for upstream in self.upstreams.values():
            upstream.stop()

    def stop(self):
        self.http.close()
        try:
            self.router.stop()
        finally:
            self.router.kill()
            self._stop_upstreams()
