"""Bar charts as SVG, written by hand, readable on light and on dark pages."""

import html
import math

WIDTH, LEFT, RIGHT = 780, 262, 110
BAR, GAP, GROUP = 16, 4, 16
NAMES = {"router": "Open LLM Router", "litellm": "LiteLLM", "portkey": "Portkey", "tensorzero": "TensorZero"}
CLASSES = {"router": "own", "nginx": "nginx"}

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .note, .key { fill: #59636e; font-size: 12px }
.value { font-variant-numeric: tabular-nums; font-size: 12px }
.own { fill: #0969da } .nginx { fill: #afb8c1 } .peer { fill: #bf8700 } .limit { stroke: #cf222e; stroke-dasharray: 4 3 }
.axis { stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .note, .key { fill: #9198a1 }
  .own { fill: #4493f8 } .nginx { fill: #656c76 } .peer { fill: #d29922 } .limit { stroke: #f85149 } .axis { stroke: #3d444d }
}
"""


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{html.escape(words)}</text>'


def bars(title, note, groups, unit, logarithmic=False):
    """groups: [(label, [(proxy, value, words)], limit or None)]. `limit` is drawn as a dashed line across its group."""
    values = [value for _, group, _ in groups for _, value, _ in group]
    most = max(values + [limit for _, _, limit in groups if limit])
    least = min(values) / 2 if logarithmic else 0
    room = WIDTH - LEFT - RIGHT

    def length(value):
        if logarithmic:
            return room * math.log(value / least) / math.log(most / least)
        return room * value / most

    parts, y = [], 96
    for label, group, limit in groups:
        height = len(group) * (BAR + GAP) - GAP
        parts.append(text(LEFT - 12, y + height / 2 + 5, label, anchor="end"))
        for index, (proxy, value, words) in enumerate(group):
            top = y + index * (BAR + GAP)
            kind = CLASSES.get(proxy, "peer")
            parts.append(
                f'<rect x="{LEFT}" y="{top}" width="{max(length(value), 1):.1f}" height="{BAR}" rx="3" class="{kind}"/>'
            )
            parts.append(text(LEFT + length(value) + 7, top + 12.5, words, "value"))
        if limit:
            x = LEFT + length(limit)
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 4}" y2="{y + height + 4}" class="limit"/>')
        y += height + GROUP
    parts.append(f'<line x1="{LEFT}" x2="{LEFT}" y1="88" y2="{y - GROUP + 8}" class="axis"/>')
    head = [text(20, 30, title, "title"), text(20, 50, note, "note"), *keys(groups, unit)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" width="{WIDTH}" role="img" '
        f'aria-label="{html.escape(title)}">\n<style>{STYLE}</style>\n' + "\n".join(head + parts) + "\n</svg>\n"
    )


def keys(groups, unit):
    """What the colours mean, and the unit."""
    present = list(dict.fromkeys(proxy for _, group, _ in groups for proxy, _, _ in group))
    shown = [name for name in ("router", "nginx") if name in present]
    others = [name for name in present if name not in CLASSES]
    parts, x = [], 20
    for name, kind in [(name, CLASSES[name]) for name in shown] + ([("others", "peer")] if others else []):
        parts.append(f'<rect x="{x}" y="62" width="12" height="12" rx="3" class="{kind}"/>')
        parts.append(text(x + 17, 72.5, NAMES.get(name, name), "key"))
        x += 36 + 7 * len(NAMES.get(name, name))
    return parts + [text(WIDTH - 20, 72.5, unit, "key", "end")]


def both(measured, value=lambda one: one["value"], digits=1):
    """The bars of the router and nginx, where they were measured."""
    found = [(name, measured.get(name)) for name in ("router", "nginx")]
    return [
        (name, value(one), f"{value(one):,.{digits}f}")
        for name, one in found
        if one and "reason" not in one and one.get("value", 0) is not None
    ]


def cpu(results):
    groups = []
    for work in results["works"].values():
        group = both(work["proxies"], lambda one: one["us"])
        groups.append((work["title"], group, None))
    note = "Time on a processor for each call or event, median of the rounds. Less is better."
    return bars("What a call costs", note, groups, "µs of CPU")


def memory(results):
    names = {"idle-memory": "idle, MB", "stream-memory": "an open stream, KB", "tls-stream-memory": "with TLS, KB"}
    groups = [(title, both(results["measures"][name]), None) for name, title in names.items() if name in results["measures"]]
    return bars("What it keeps in memory", "Proportional set size. Less is better.", groups, "MB, KB")


def latency(results):
    measured = results["measures"]["latency"]
    own = {name: one for name, one in measured.items() if name in ("router", "nginx")}
    groups = [(part, both(own, lambda one, part=part: one[part], 0), None) for part in ("p50", "p99")]
    direct = measured.get("direct")
    note = "From the moment a call was due to its whole answer, 2,000 calls a second, 1 KB."
    if direct:
        note += f" With no proxy: {direct['p50']:,.0f} / {direct['p99']:,.0f} µs."
    return bars("How long a call takes", note, groups, "µs")


def peers(results):
    """x nginx, on a logarithmic scale: the distances are of three orders of magnitude."""
    groups = []
    for work in results["works"].values():
        group = [
            (name, one["ratio"], f"{NAMES.get(name, name)} {one['ratio']:,.{2 if one['ratio'] < 10 else 0}f}")
            for name, one in work["proxies"].items()
            if name != "nginx" and "ratio" in one and not one["errors"]
        ]
        if any(name not in CLASSES for name, _, _ in group):
            groups.append((work["title"], sorted(group, key=lambda bar: bar[1]), 1.0))
    note = "CPU of a call or an event as a multiple of nginx's (dashed). Logarithmic scale; less is better."
    return bars("Beside other gateways", note, groups, "x nginx", logarithmic=True)


def write(folder, results):
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"cpu": cpu, "memory": memory, "latency": latency, "peers": peers}
    needs = {"memory": "idle-memory" in results["measures"], "latency": "latency" in results["measures"]}
    needs |= {"cpu": bool(results["works"]), "peers": bool(results["peers"]) and bool(results["works"])}
    for name, draw in drawn.items():
        if needs[name]:
            (folder / f"{name}.svg").write_text(draw(results))
