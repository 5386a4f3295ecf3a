"""Rules that several dialects have."""

import json
import re

from fakes.truth import Refused

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def as_json(call) -> dict:
    if "json" not in (call.header("content-type") or ""):
        raise Refused(415, f"Unsupported content type: {call.header('content-type')}")
    try:
        body = json.loads(call.body)
    except ValueError as error:
        raise Refused(400, f"We could not parse the JSON body of your request: {error}") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body of your request must be an object.")
    return body


def arguments_of(text: str, where: str) -> dict:
    try:
        arguments = json.loads(text)
    except ValueError:
        raise Refused(400, f"{where}: arguments are no JSON: {text!r}") from None
    if not isinstance(arguments, dict):
        raise Refused(400, f"{where}: arguments are no object: {text!r}")
    return arguments


def every_object(schema):
    """All objects that a JSON schema describes."""
    if isinstance(schema, list):
        for item in schema:
            yield from every_object(item)
    elif isinstance(schema, dict):
        if schema.get("type") == "object" or "properties" in schema:
            yield schema
        for value in schema.values():
            yield from every_object(value)


def strict_fault(schema) -> str:
    """What OpenAI refuses in a schema that is marked strict; empty: nothing."""
    for node in every_object(schema):
        if node.get("additionalProperties") is not False:
            return "In context=(), 'additionalProperties' is required to be supplied and to be false."
        missing = set(node.get("properties", {})) - set(node.get("required", []))
        if missing:
            return ("In context=(), 'required' is required to be supplied and to be an array including every key in "
                    f"properties. Missing '{sorted(missing)[0]}'.")
    return ""


def split_data_url(url: str):
    """(media type, base64) of a data URL, or (None, the URL)."""
    found = re.fullmatch(r"data:([\w/+.-]+);base64,(.*)", url, re.DOTALL)
    return (found[1], found[2]) if found else (None, url)


def fragments(text: str, size=5) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
