"""Providers as tests of a page need them: that wait in the middle, or answer with real pictures."""

import base64
import select

from fakes import bodies, scripts
from fakes.gate import Gate
from fakes.provider import Provider
from fakes.truth import png


class Pausing(Provider):
    """Sends `before` events of a stream, and the rest when the gate opens. With before=None nothing at all, not even a head."""

    def __init__(self, dialect: str, mind, gate: Gate, before: int | None):
        super().__init__(dialect, mind)
        self.gate = gate
        self.before = before

    def __call__(self, call):
        if self.before is None:
            call.wait(self.gate)
        super().__call__(call)

    def _send(self, call, events):
        pause = self.before or 0
        for event in events[:pause]:
            call.chunk(event)
        if self.before is not None:
            call.wait(self.gate)
        for event in events[pause:]:
            call.chunk(event)


class Silent(Pausing):
    """Says nothing for so many seconds, which is what is tested, and goes on."""

    def __init__(self, dialect: str, mind, before: int | None, seconds: float):
        super().__init__(dialect, mind, Gate(), before)
        self.seconds = seconds

    def __call__(self, call):
        wait, call.wait = call.wait, lambda _: select.select([call.sock], [], [], self.seconds)
        try:
            super().__call__(call)
        finally:
            call.wait = wait


PICTURE = base64.b64encode(png()).decode()


def services(call):
    """What embeds, speaks, listens and draws."""
    if call.path.endswith(("/images/generations", "/images/edits")):
        call.whole(bodies.as_json({"created": 1700000000, "data": [{"b64_json": PICTURE}]}))
    else:
        scripts.well_behaved(call)


def pdf(text: str) -> bytes:
    """A page with one line of text."""
    stream = f"BT /F1 18 Tf 40 100 Td ({text}) Tj ET".encode()
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
