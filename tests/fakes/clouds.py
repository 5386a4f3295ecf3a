"""Providers at a cloud's address: Azure, Google Cloud and Amazon look at the URL and at who asks, and have their own way
to send a stream; what is behind them speaks one of the dialects.

    provider = Bedrock("anthropic_messages", mind)
    with FakeUpstream(provider) as upstream: ...
"""

import base64
import copy
import hashlib
import hmac
import json
import re
import struct
import urllib.parse
import zlib

from fakes.provider import Provider
from fakes.truth import Part, Refused, Said, Seen
from fakes.upstream import Call


class AtCloud(Provider):
    """`shown(call)` is the call as the provider behind sees it; raises Refused."""

    def __call__(self, call):
        try:
            shown = self.shown(call)
        except Refused as refused:
            self.refusals.append(refused.message)
            self._refuse(call, refused)
            return
        super().__call__(shown)


def _behind(call, path: str, *, headers=(), body=None):
    shown = copy.copy(call)
    shown.path = shown.target = path
    shown.headers = [*call.headers, *headers]
    if body is not None:
        shown.body = json.dumps(body).encode()
    return shown


class Azure(AtCloud):
    """A deployment's URL, or with `api_version` None the one for all of them."""

    def __init__(self, dialect: str, mind, key: str, deployment: str, api_version: str | None):
        super().__init__(dialect, mind)
        self.key = key
        path = "/responses" if dialect == "openai_responses" else "/chat/completions"
        self.target = f"/openai/deployments/{deployment}{path}?api-version={api_version}" if api_version else "/openai/v1" + path

    def shown(self, call):
        if call.target != self.target:
            raise Refused(404, "Resource not found")
        if call.header("api-key") != self.key or call.header("authorization"):
            raise Refused(401, "Access denied due to invalid subscription key or wrong API endpoint.")
        return _behind(call, "/v1/responses" if self.dialect.name == "openai_responses" else "/v1/chat/completions", headers=[("authorization", "Bearer sk-azure")])


class Vertex(AtCloud):
    """Gemini or Claude, for whoever has the token that is good at the moment."""

    VERBS = {"rawPredict": False, "streamRawPredict": True}

    def __init__(self, dialect: str, mind, token: str):
        super().__init__(dialect, mind)
        self.token = token

    def shown(self, call):
        publisher = "google" if self.dialect.name == "gemini" else "anthropic"
        found = re.fullmatch(rf"/v1/projects/quokka-1/locations/europe-west4/publishers/{publisher}/models/([^/:]+):(\w+)", call.path)
        if not found:
            raise Refused(404, "Requested entity was not found.")
        if call.header("authorization") != f"Bearer {self.token}":
            raise Refused(401, "Request had invalid authentication credentials.")
        model, verb = found[1], found[2]
        if publisher == "google":
            shown = _behind(call, f"/v1beta/models/{model}:{verb}", headers=[("x-goog-api-key", "quokka")])
            shown.target = shown.path + call.target.removeprefix(call.path)
            return shown
        return _behind(call, "/v1/messages", headers=_ANTHROPIC, body=_claude(call, model, "vertex-2023-10-16", stream=self.VERBS[verb], says_stream=True))


_ANTHROPIC = [("x-api-key", "quokka"), ("anthropic-version", "2023-06-01")]


def _claude(call, model: str, version: str, stream: bool, says_stream=False) -> dict:
    """Anthropic's body, of which a cloud has the model in its URL."""
    body = json.loads(call.body)
    if body.pop("anthropic_version", None) != version:
        raise Refused(400, f"anthropic_version: Expected {version}")
    if "model" in body or (body.pop("stream", False) != stream and says_stream):
        raise Refused(400, "Extra inputs are not permitted, or the URL and `stream` say different things")
    return {**body, "model": model, "stream": stream}


def service_account(token_url: str, private_key: str) -> dict:
    return {"type": "service_account", "project_id": "quokka-1", "private_key_id": "key-1", "private_key": private_key,
            "client_email": "quokka@quokka-1.iam.gserviceaccount.com", "token_uri": token_url}


class TokenServer:
    """A script: Google's token endpoint, which looks at the signature of each statement. Gives token-1, token-2, ..."""

    def __init__(self, public_key, lifetime=3600):
        self.public_key = public_key
        self.lifetime = lifetime
        self.given = 0

    def __call__(self, call):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        form = dict(urllib.parse.parse_qsl(call.body.decode()))
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", form
        statement, _, signature = form["assertion"].rpartition(".")
        head, claims = (json.loads(_from_base64_url(part)) for part in statement.split("."))
        self.public_key.verify(_from_base64_url(signature), statement.encode(), padding.PKCS1v15(), hashes.SHA256())
        assert head["alg"] == "RS256" and claims["aud"].endswith(call.path) and claims["exp"] == claims["iat"] + 3600, claims
        self.given += 1
        call.whole(json.dumps({"access_token": f"token-{self.given}", "expires_in": self.lifetime, "token_type": "Bearer"}).encode())


def _from_base64_url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# -- Amazon

AWS_KEY, AWS_SECRET, AWS_REGION = "AKIAQUOKKA", "wJalrXUtnFEMI/K7MDENG+secret", "eu-central-1"


class Bedrock(AtCloud):
    """Claude by InvokeModel, or any model by Converse; each request is signed."""

    def __init__(self, dialect: str, mind, **how):
        super().__init__(Converse() if dialect == "converse" else dialect, mind, **how)

    def shown(self, call):
        _check_signature(call)
        found = re.fullmatch(r"/model/([^/]+)/(invoke|invoke-with-response-stream|converse|converse-stream)", call.path)
        converses = self.dialect.name == "converse"
        if not found or found[2].startswith("converse") != converses:
            raise Refused(404, "UnknownOperationException")
        model, stream = urllib.parse.unquote(found[1]), found[2].endswith("stream")
        if converses:
            shown = _behind(call, call.path, body={**json.loads(call.body), "model": model, "stream": stream})
        else:
            shown = _behind(call, "/v1/messages", headers=_ANTHROPIC, body=_claude(call, model, "bedrock-2023-05-31", stream=stream))
        shown.__class__ = FramedCall
        return shown


def _check_signature(call):
    """Signature Version 4, as Amazon reckons it."""
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=(\w+)", call.header("authorization") or "")
    date = call.header("x-amz-date") or ""
    scope = f"{date[:8]}/{AWS_REGION}/bedrock/aws4_request"
    if not found or found[1] != f"{AWS_KEY}/{scope}" or not {"host", "x-amz-date"} <= set(found[2].split(";")):
        raise Refused(403, "The security token included in the request is invalid.")
    digest = hashlib.sha256(call.body).hexdigest()
    headers = "".join(f"{name}:{call.header(name)}\n" for name in found[2].split(";"))
    canonical = "\n".join([call.method, urllib.parse.quote(call.path, safe="/-_.~"), "", headers, found[2], digest])
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + AWS_SECRET).encode()
    for part in (date[:8], AWS_REGION, "bedrock", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if key.hex() != found[3] or call.header("x-amz-content-sha256") != digest:
        raise Refused(403, "The request signature we calculated does not match the signature you provided.")


class FramedCall(Call):
    """Amazon's binary events in place of server-sent ones."""

    def stream_head(self, headers=(), content_type="application/vnd.amazon.eventstream"):
        super().stream_head(headers, content_type)

    def chunk(self, data: bytes):
        name, _, payload = data.decode().removeprefix("event: ").rstrip("\n").partition("\ndata: ")
        if self.path == "/v1/messages":  # Anthropic's events are wrapped whole
            payload, name = json.dumps({"bytes": base64.b64encode(payload.encode()).decode(), "p": "abcd"}), "chunk"
        super().chunk(framed(name, payload.encode()))


def framed(name: str, payload: bytes, kind="event") -> bytes:
    headers = b""
    for key, value in ((f":{kind}-type", name), (":content-type", "application/json"), (":message-type", kind)):
        headers += bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    begin = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    begin += struct.pack(">I", zlib.crc32(begin)) + headers + payload
    return begin + struct.pack(">I", zlib.crc32(begin))


class Converse:
    """Bedrock's own dialect, as far as texts and calls go."""

    name = "converse"
    STOPS = {"stop": "end_turn", "length": "max_tokens", "filter": "content_filtered"}

    def headers(self):
        return [("x-amzn-RequestId", "quokka")]

    def answers_other(self, call) -> bool:
        return False

    def read(self, call) -> Seen:
        body = json.loads(call.body)
        unknown = set(body) - {"model", "stream", "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields"}
        if unknown:
            raise Refused(400, f"extraneous key {unknown} is not permitted")
        seen = Seen(self.name, body["model"], body["stream"], body=body, headers=call.headers)
        for message in body["messages"]:
            for block in message["content"]:
                [(kind, value)] = block.items()
                if kind == "toolResult":
                    text = "".join(part.get("text", "") for part in value["content"])
                    seen.parts.append(Part("user", "result", {"id": value["toolUseId"], "text": text}))
                else:
                    seen.parts.append(Part(message["role"], {"toolUse": "call"}.get(kind, kind), value))
        seen.tools = {one["toolSpec"]["name"]: one["toolSpec"]["inputSchema"]["json"] for one in body.get("toolConfig", {}).get("tools", [])}
        return seen

    def _usage(self, said: Said) -> dict:
        return {"inputTokens": said.usage.prompt - said.usage.cached, "outputTokens": said.usage.completion, "totalTokens": said.usage.total,
                "cacheReadInputTokens": said.usage.cached}

    def _stop(self, said: Said) -> str:
        return "tool_use" if said.calls else self.STOPS[said.finish]

    def answer(self, said: Said, seen: Seen) -> dict:
        content = [{"text": said.whole_text}] if said.text else []
        content += [{"toolUse": {"toolUseId": call.id or f"tooluse_{at}9f3b", "name": call.name, "input": call.arguments}} for at, call in enumerate(said.calls)]
        return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": self._stop(said), "usage": self._usage(said)}

    def events(self, said: Said, seen: Seen) -> list[bytes]:
        found = [("messageStart", {"role": "assistant"})]
        found += [("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}) for piece in said.text]
        found += [("contentBlockStop", {"contentBlockIndex": 0})] if said.text else []
        for at, call in enumerate(said.calls, start=1):
            found.append(("contentBlockStart", {"contentBlockIndex": at, "start": {"toolUse": {"toolUseId": f"tooluse_{at}9f3b", "name": call.name}}}))
            found.append(("contentBlockDelta", {"contentBlockIndex": at, "delta": {"toolUse": {"input": json.dumps(call.arguments)}}}))
            found.append(("contentBlockStop", {"contentBlockIndex": at}))
        found += [("messageStop", {"stopReason": self._stop(said)}), ("metadata", {"usage": self._usage(said), "metrics": {"latencyMs": 321}})]
        return [f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode() for name, value in found]

    def error(self, refused: Refused):
        return {"message": refused.message}, [("x-amzn-ErrorType", "ValidationException")]
