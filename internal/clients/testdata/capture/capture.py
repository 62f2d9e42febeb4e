"""Holds the scripted conversation once through each unmodified client, and writes down what it sends: ../clients/CLIENT/NUMBER.req and about.json.

Usage: python capture.py INSTALLED [client …], where INSTALLED is the folder into which install.sh put the packages.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from provider import Server

HERE = pathlib.Path(__file__).resolve().parent
INSTALLED = pathlib.Path(sys.argv[1]).resolve()
TO = HERE.parent / "clients"


def capture(client, how):
    folder = TO / client
    shutil.rmtree(folder, ignore_errors=True)
    server = Server(folder, [INSTALLED, HERE, pathlib.Path.home()])
    command = {
        "Python": lambda: [INSTALLED / how["env"] / "bin/python", HERE / "clients.py", client],
        "JavaScript": lambda: ["node", INSTALLED / "js/clients.mjs", client],
        "Go": lambda: [INSTALLED / "go/clients", client],
        "Java": lambda: ["java", "-cp", f"{INSTALLED}/java/classes:{INSTALLED}/java/lib/*", "Clients", client],
        "Rust": lambda: [INSTALLED / "rust/clients", client],
    }[how["language"]]()
    # What the packages ask of their surroundings, the same on every machine.
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    env = keep | {"ADDRESS": server.address, "TOKEN": "phc_" + client, "OTEL_SERVICE_NAME": "weather-bot"}
    done = subprocess.run(list(map(str, command)), env=env, cwd="/tmp", capture_output=True, text=True, timeout=120)
    time.sleep(0.3)
    server.close()
    requests = len(list(folder.glob("*.req"))) if folder.exists() else 0
    print(f"{client}: {requests} requests, exit {done.returncode}")
    if done.returncode or not requests:
        print((done.stdout + done.stderr)[-3000:])
        return shutil.rmtree(folder, ignore_errors=True)
    (folder / "about.json").write_text(json.dumps({**{k: how[k] for k in ("language", "name", "api", "sends")}, "version": versions(how), "captured_ms": int(time.time() * 1000)}, indent=1) + "\n")


def versions(how):
    """Of the packages that make the client, by what is installed."""
    found = []
    for package in how["packages"]:
        found.append(package + " " + version(how, package))
    return found


def version(how, package):
    language = how["language"]
    if language == "Python":
        code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
        return subprocess.run([INSTALLED / how["env"] / "bin/python", "-c", code, package], capture_output=True, text=True, check=True).stdout.strip()
    if language == "JavaScript":
        return json.loads((INSTALLED / "js/node_modules" / how.get("alias", {}).get(package, package) / "package.json").read_text())["version"]
    for line in (HERE / {"Go": "go/go.mod", "Java": "java/pom.xml", "Rust": "rust/Cargo.toml"}[language]).read_text().splitlines():
        if language == "Java" and f"<!-- {package} -->" in line:
            return line.split("<version>")[1].split("<")[0]
        if language == "Go" and package + " v0.0.0" in line:
            break
        if language == "Go" and package + " v" in line:
            return line.split(package + " v")[1].split()[0]
        if language == "Rust" and line.startswith(package + " ="):
            return line.split('"')[1].lstrip("=") if '"=' in line and "version" not in line else line.split('version = "')[1].split('"')[0].lstrip("=")
    return "of this repository"


if __name__ == "__main__":
    table = json.loads((HERE / "clients.json").read_text())
    for client in sys.argv[2:] or table:
        capture(client, table[client])
