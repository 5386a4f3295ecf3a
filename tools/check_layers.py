#!/usr/bin/env python3
"""Holds every #include under src/ to the ON lists of src/CMakeLists.txt. Usage: check_layers.py ROOT"""

import pathlib
import re
import sys

# A library that only one layer may name, by how its headers are included.
ONLY_HERE = {
    r"sys/(epoll|eventfd)\.h": "http",
    r"openssl/ssl|openssl/bio|openssl/x509": "http",
    r"ares\.h": "http",
    r"simdjson": "wire",
    r"openssl/": "wire http",
    r"yaml-cpp": "config",
    r"sqlite3": "storage",
}


def declared_layers(root):
    text = (root / "src/CMakeLists.txt").read_text()
    layers = {}
    for name, rest in re.findall(r"^router_layer\((\w+)(.*?)\)", text, re.M | re.S):
        stands_on = re.search(r"\bON\s+(.*?)(?=\bUSES\b|\bEMBEDS\b|\bPRECOMPILES\b|$)", rest, re.S)
        layers[name] = set(stands_on.group(1).split()) if stands_on else set()
    return layers


def faults(root, layers):
    for path in sorted((root / "src").rglob("*.[ch]pp")):
        inside = path.relative_to(root / "src").parts
        if inside[0] not in layers:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
            if not found:
                continue
            quote, header = found.groups()
            if quote == '"':
                other = header.split("/")
                if other[0] != inside[0] and other[0] not in layers[inside[0]]:
                    yield f"{path}:{number}: {inside[0]} may not include {other[0]}/"
                elif other[0] == inside[0] and inside[0] in ("dialects", "providers"):
                    if len(inside) > 2 and len(other) > 2 and other[1] != inside[1]:
                        yield f"{path}:{number}: {inside[0]}/{inside[1]} may not include its neighbour {other[1]}/"
            else:
                owner = next((at for name, at in ONLY_HERE.items() if re.match(name, header)), None)
                if owner and inside[0] not in owner.split():
                    yield f"{path}:{number}: <{header}> belongs to {owner} alone"


def main():
    root = pathlib.Path(sys.argv[1])
    layers = declared_layers(root)
    found = list(faults(root, layers))
    print("\n".join(found) or f"{len(layers)} layers hold")
    return 1 if found or not layers else 0


if __name__ == "__main__":
    sys.exit(main())
