"""results.json -> the table in the terminal, the tables in docs/performance.md."""

from .works import MEASURES

ROUTER, NGINX = "router", "nginx"


def number(value, digits=1):
    if value is None:
        return "-"
    return f"{value:,.{digits}f}" if abs(value) < 1000 else f"{value:,.0f}"


def verdict(passed):
    return "-" if passed is None else "pass" if passed else "FAIL"


def work_rows(results):
    """A row a work: CPU a unit, and the router's ratio to nginx with its lowest and highest round."""
    rows = []
    for work in results["works"].values():
        router, nginx = work["proxies"].get(ROUTER), work["proxies"][NGINX]
        row = {
            "work": work["title"],
            "unit": f"µs / {work['unit']}",
            "nginx": number(nginx["us"]),
            "router": number(router["us"]) if router else "-",
            "x nginx": "-",
            "rounds": "-",
            "target": f"<= {work['limit']:.1f}",
            "verdict": "-",
        }
        if router and router["errors"]:
            row["verdict"] = verdict(False)
        elif router:
            row["x nginx"] = f"{router['ratio']:.2f}"
            row["rounds"] = f"{router['ratio_low']:.2f} to {router['ratio_high']:.2f}"
            row["verdict"] = verdict(router["ratio"] <= work["limit"])
        errors = [f"{name}: {one['errors']} wrong" for name, one in work["proxies"].items() if one["errors"]]
        if errors:
            row["verdict"] += " (" + ", ".join(errors) + ")"
        rows.append(row)
    return rows


def shown(name, value):
    if value is None or "reason" in value:
        return "-"
    if name == "latency":
        return f"{number(value['p50'], 0)} / {number(value['p99'], 0)} at {value['rate']}/s"
    if name == "hold":
        return f"{value['value']}" + (f" ({value['errors']} errors)" if value["errors"] else "")
    return number(value["value"])


def measure_rows(results):
    rows = []
    for name, measure in results["measures"].items():
        title, limit = MEASURES[name]
        router = measure.get(ROUTER)
        row = {"measure": title, "nginx": shown(name, measure.get(NGINX)), "router": shown(name, router)}
        row |= {"target": "-", "verdict": "-"}
        if name == "hold":
            limit = results["streams_to_hold"]
        if limit is not None:
            at_least = name == "hold"
            row["target"] = f"{'>=' if at_least else '<='} {limit:g}"
            if router and router["value"] is not None:
                good = router["value"] >= limit if at_least else router["value"] <= limit
                row["verdict"] = verdict(good and not router.get("errors"))
        rows.append(row)
    return rows


def peer_rows(results):
    """A row a gateway: x nginx on each work, and what else was measured of it."""
    names = [ROUTER, *results["peers"]]
    rows = []
    for name in names:
        row = {"gateway": (name + " " + results["peers"].get(name, {}).get("version", "")).strip()}
        for work in results["works"].values():
            row[work["title"] + ", x nginx"] = ratio_shown(work["proxies"].get(name))
        for measure in ("latency", "idle-memory", "start"):
            if measure in results["measures"]:
                row[MEASURES[measure][0]] = shown(measure, results["measures"][measure].get(name))
        rows.append(row)
    return rows


def ratio_shown(proxy):
    if proxy is None:
        return "-"
    if "reason" in proxy or proxy["errors"]:
        return "wrong answers"
    return f"{proxy['ratio']:.2f}" if proxy["ratio"] < 10 else number(proxy["ratio"], 0)


def detail_rows(results):
    """Where the system calls go."""
    rows = []
    for name, counted in results["measures"].get("syscalls", {}).items():
        if "most" in counted:
            most = ", ".join(f"{call} {count:g}" for call, count in counted["most"].items())
            rows.append({"proxy": name, "system calls per call": number(counted["value"], 2), "of which": most})
    return rows


def plain(rows):
    """Columns for a terminal."""
    if not rows:
        return ""
    names = list(rows[0])
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in names}

    def line(row):
        cells = [row[name].ljust(widths[name]) for name in names[:1]]
        return "  ".join(cells + [row[name].rjust(widths[name]) for name in names[1:]]).rstrip()

    header = line({name: name for name in names})
    return "\n".join([header, "-" * len(header), *map(line, rows)])


def markdown(rows):
    if not rows:
        return ""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    return "\n".join(lines + ["| " + " | ".join(row[name] for name in names) + " |" for row in rows])


def machine_line(results):
    on = results["machine"]
    return (
        f"{on['day']}, {on['processor']}, {on['processors']} processors, {on['system']}, Linux {on['kernel']}, "
        f"nginx {on['nginx']}, {results['rounds']} rounds{' of a quick run' if results['quick'] else ''}."
    )


def print_all(results):
    print("\n" + machine_line(results))
    for title, rows in (
        ("CPU", work_rows(results)),
        ("And", measure_rows(results)),
        ("System calls", detail_rows(results)),
        ("Peers", peer_rows(results) if results["peers"] else []),
    ):
        if rows:
            print(f"\n{title}\n{plain(rows)}")
    for name, peer in results["peers"].items():
        if "reason" in peer:
            print(f"{name}: not measured: {peer['reason']}")
    for name, work in results["works"].items():
        for proxy, one in work["proxies"].items():
            if why := one.get("reason") or one.get("first_error"):
                print(f"{name}, {proxy}: {why}")
    verdicts = [row["verdict"].split()[0] for row in work_rows(results) + measure_rows(results)]
    print(f"\ntargets: {verdicts.count('pass')} reached, {verdicts.count('FAIL')} missed")


def fill(document, results):
    """Puts the results between the marks `<!-- results -->` and `<!-- end of results -->`: the text cannot drift."""
    parts = [
        machine_line(results),
        section("CPU", "cpu", document, markdown(work_rows(results))),
        section("Latency, memory, streams, start", "latency memory", document, markdown(measure_rows(results))),
        section("System calls", "", document, markdown(detail_rows(results))),
    ]
    if results["peers"]:
        parts.append(section("Other gateways", "peers", document, markdown(transposed(peer_rows(results)))))
        parts += [f"{name} was not measured: {peer['reason']}" for name, peer in results["peers"].items() if "reason" in peer]
    begin, end = "<!-- results -->\n", "<!-- end of results -->"
    before, rest = document.read_text().split(begin)
    after = rest.split(end)[1]
    document.write_text(before + begin + "\n" + "\n\n".join(part for part in parts if part) + "\n\n" + end + after)


def section(title, charts, document, table):
    """A heading, those of its charts that have been drawn, a table; nothing when nothing was measured."""
    if not table:
        return ""
    drawn = [name for name in charts.split() if (document.parent / "performance" / f"{name}.svg").exists()]
    images = [f"![{title}: a chart](performance/{name}.svg)" for name in drawn]
    return "\n\n".join([f"### {title}", *images, table])


def transposed(rows):
    """Gateways as columns: fewer of them than of works."""
    names = list(rows[0])
    return [{"": name, **{row[names[0]]: row[name] for row in rows}} for name in names[1:]]
