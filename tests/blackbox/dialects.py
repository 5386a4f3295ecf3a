"""Calls in each dialect, as raw HTTP."""

from router import MASTER_KEY, PROMPT

TOOL = {"type": "object", "properties": {"city": {"type": "string"}}}
NAMES = ("weather", "now")
KEYS = {"openai_chat": {"authorization": f"Bearer {MASTER_KEY}"}, "openai_responses": {"authorization": f"Bearer {MASTER_KEY}"},
        "anthropic_messages": {"x-api-key": MASTER_KEY, "anthropic-version": "2023-06-01"}, "gemini": {"x-goog-api-key": MASTER_KEY}}
PATHS = {"openai_chat": "/v1/chat/completions", "openai_responses": "/v1/responses", "anthropic_messages": "/v1/messages"}


def body_of(dialect: str, model: str, stream=False, **more) -> dict:
    """A request with tools that wants to see the thoughts."""
    if dialect == "gemini":
        body = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
                "tools": [{"functionDeclarations": [{"name": name, "parametersJsonSchema": TOOL} for name in NAMES]}],
                "generationConfig": {"thinkingConfig": {"includeThoughts": True}}}
    elif dialect == "openai_chat":
        body = {"model": model, "messages": [{"role": "user", "content": PROMPT}],
                "tools": [{"type": "function", "function": {"name": name, "parameters": TOOL}} for name in NAMES]}
    elif dialect == "openai_responses":
        body = {"model": model, "input": PROMPT, "store": False, "reasoning": {"summary": "auto"},
                "tools": [{"type": "function", "name": name, "parameters": TOOL, "strict": False} for name in NAMES]}
    else:
        body = {"model": model, "max_tokens": 8000, "messages": [{"role": "user", "content": PROMPT}],
                "tools": [{"name": name, "input_schema": TOOL} for name in NAMES]}
    if stream and dialect != "gemini":
        body["stream"] = True
    return body | more


def path_of(dialect: str, model: str, stream: bool, sse=True) -> str:
    if dialect != "gemini":
        return PATHS[dialect]
    verb = "streamGenerateContent" + ("?alt=sse" if sse else "") if stream else "generateContent"
    return f"/v1beta/models/{model}:{verb}"
