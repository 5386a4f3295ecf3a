"""Is a stream that the router sent one that its dialect allows?

    grammar.must_hold("gemini", raw_bytes)                    # a whole stream; raises AssertionError with all faults
    grammar.must_hold("openai_chat", raw, ending="error")     # one that failed
"""

from grammar import anthropic_messages, gemini, openai_chat, openai_responses

CHECKS = {
    "openai_chat": openai_chat.check,
    "openai_responses": openai_responses.check,
    "anthropic_messages": anthropic_messages.check,
    "gemini": gemini.check,
}


def must_hold(dialect: str, raw: bytes, **how):
    faults = CHECKS[dialect](raw, **how)
    assert not faults, "\n".join(faults) + "\n--- the stream ---\n" + raw.decode(errors="replace")[-6000:]
