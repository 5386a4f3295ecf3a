"""Answers of every kind."""

from fakes.truth import Call, Citation, Said, Usage

SAID = {
    "text": Said(text=("Grüße ", "你好 ", "😀")),
    "thought and text": Said(thought=("Hm, ", "well."), text=("Yes.",), usage=Usage(thinking=31)),
    "calls": Said(text=("Let me look.",), calls=(Call("weather", {"city": "Zürich"}), Call("now", {}))),
    "thought and call": Said(thought=("Look.",), calls=(Call("weather", {"city": "Bern"}),), usage=Usage(thinking=9)),
    "length": Said(text=("It",), finish="length"),
    "filter": Said(text=("It",), finish="filter"),
    "refusal": Said(refusal="I will not help with that."),
    "redacted": Said(is_redacted=True, text=("Yes.",)),
    "citation": Said(text=("Quokkas smile often.",), citations=(Citation("https://q.example", "Quokka", "smile"),)),
}

GOOD = Said(thought=("Hm, ", "well."), text=("Grüße ", "you."), calls=(Call("weather", {"city": "Bern"}), Call("now", {"zone": "CET"})),
            usage=Usage(thinking=5))
