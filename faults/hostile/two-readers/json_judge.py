"""Reads manifests, one a line in hexadecimal, with Python's json. A line for each: what it refers to, or an error."""

import json
import sys

for line in sys.stdin:
    try:
        document = json.loads(bytes.fromhex(line.strip()).decode("utf-8"))
        config = document.get("config")
        parts = [config] if config is not None else []
        parts += (document.get("layers") or []) + (document.get("manifests") or [])
        print(json.dumps({"references": [[part["digest"], part["size"]] for part in parts], "error": None}))
    except Exception as caught:
        print(json.dumps({"references": [], "error": type(caught).__name__}))
