#!/usr/bin/env python3
"""Measures starts: wall and processor time up to the first price, and memory after 15 s, of the built program and of a published one.

unshare -r -n -p --fork --kill-child --mount-proc bench/start.py [ROUNDS]    (3 unless told otherwise; medians are shown)

In a network namespace of its own, with the simulator as the exchange and a real redis-server, so nothing else on the machine is
touched. Needs ./run or ./test to have built and ./publish to have published. The last line is the machine's load: a start on a busy
machine is a slow start, and processor time tells the two apart.
"""
import datetime
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = f"{ROOT}/src/BybitSpot.App/bin/Release/net10.0/bybitspot"
PUBLISHED = f"{ROOT}/artifacts/bybitspot-linux-x64/bybitspot"
EXCHANGE = {"BYBIT_WS_URL": "ws://127.0.0.1:9443/v5/public/spot", "BYBIT_REST_URL": "http://127.0.0.1:9443", "COINS_FILE": f"{ROOT}/config/coins.json"}
WAYS = {"a Redis": (["run", "--quiet"], EXCHANGE | {"REDIS_HOST": "127.0.0.1"}), "embedded store": (["run", "--quiet"], EXCHANGE | {"REDIS_EMBEDDED": "always"}), "demo": (["--demo", "--quiet"], {})}
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith(("BYBIT", "REDIS")) and not k.upper().endswith("PROXY")}


def drain(stream):
    threading.Thread(target=lambda: [None for _ in stream], daemon=True).start()


def measure(program, arguments, settings):
    start = time.time()
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=clean_environment() | settings, text=True, cwd="/tmp")
    at = next(event["timestamp"] for event in map(json.loads, process.stderr) if event["event"] == "first_price")
    wall = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() - start
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    processor = (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
    drain(process.stderr)
    time.sleep(15)
    with open(f"/proc/{process.pid}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    return wall, processor, resident


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": clean_environment()}
    others = [
        subprocess.Popen([BUILT, "simulate", "--port", "9443", "--symbols", "10"], **quiet),
        subprocess.Popen(["redis-server", "--port", "6379", "--save", "", "--appendonly", "no"], **quiet),
    ]
    time.sleep(2)
    found = {}
    for _ in range(rounds):
        for program in (BUILT, PUBLISHED):
            for way, (arguments, settings) in WAYS.items():
                found.setdefault((program, way), []).append(measure(program, arguments, settings))
    for (program, way), values in found.items():
        wall, processor, resident = (statistics.median(column) for column in zip(*values))
        print(f"{'built' if program == BUILT else 'published':9} {way:14}  first price {wall:.2f} s, processor {processor:.2f} s, resident {resident:.0f} MB")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for other in others:
        other.terminate()


main()
