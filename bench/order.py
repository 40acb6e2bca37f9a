#!/usr/bin/env python3
"""Writes down which methods of the native program run, in the order in which they run first: src/BybitSpot.App/native.order.

unshare -r -n -p --fork --kill-child --mount-proc bench/order.py        (some three minutes; apt-get install qemu-user stunnel4 redis-server)

./publish gives that file to the compiler, which puts these methods beside each other. Else they lie scattered over 20 MB, and a page that
holds one brings fifteen others along. A method that is missing from the file works, too; a name in it that is gone means nothing.

What ./publish linux-x64 has made runs under an emulator that tells each piece of code when it meets it, against the simulator and a real
redis-server: first what every instance does, over TLS; then what settings add; the demo last.
"""
import bisect
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = f"{ROOT}/src/BybitSpot.App/bin/Release/net10.0/bybitspot"
# What was linked last, and what it was linked from, which knows the names.
PROGRAM = f"{ROOT}/artifacts/build/bybitspot-linux-x64/bin/BybitSpot.App/release_linux-x64/native/bybitspot"
OBJECT = f"{ROOT}/artifacts/build/bybitspot-linux-x64/obj/BybitSpot.App/release_linux-x64/native/bybitspot.o"
ORDER = f"{ROOT}/src/BybitSpot.App/native.order"
SECTION = "__managedcode"
PAGE = "http://127.0.0.1:9464"

EXCHANGE, TLS_EXCHANGE, REDIS = 9443, 9444, 6379
PLAIN = {"BYBIT_WS_URL": f"ws://127.0.0.1:{EXCHANGE}/v5/public/spot", "BYBIT_REST_URL": f"http://127.0.0.1:{EXCHANGE}", "REDIS_HOST": "127.0.0.1"}
TLS = {"BYBIT_WS_URL": f"wss://localhost:{TLS_EXCHANGE}/v5/public/spot", "BYBIT_REST_URL": f"https://localhost:{TLS_EXCHANGE}", "REDIS_HOST": "127.0.0.1"}
MORE = {"REDIS_WRITE_MODE": "guarded", "REDIS_HASH_FIELDS": "extended", "REDIS_NOTIFY": "publish", "BYBIT_CHANNELS": "tickers,publicTrade,orderbook.1", "HTTP_COIN_METRICS": "true"}


def environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "DOTNET_ROOT") if name in os.environ}
    return kept | {"HOME": folder, "SSL_CERT_FILE": f"{folder}/certificate.pem"}


def ask(path, seconds=5):
    """Status and the beginning of the answer; one that is late under the emulator is no matter."""
    try:
        with urllib.request.urlopen(PAGE + path, timeout=seconds) as answer:
            return answer.status, answer.read(4_000)
    except OSError:
        return None, b""


def await_ready(process):
    until = time.monotonic() + 180
    while ask("/readyz")[0] != 200:
        assert process.poll() is None and time.monotonic() < until, "it did not become ready"
        time.sleep(0.5)


def look():
    for path in ("/", "/page.js", "/page.css", "/metrics", "/status", "/prices", "/prices/BTC", "/healthz", "/events?coins=BTC", "/events?trail=1"):
        ask(path)


def addresses(folder, name, arguments, settings, use):
    """Of each piece of code that was met, in order."""
    trace = f"{folder}/{name}.trace"
    with open(f"{folder}/{name}.log", "w") as log:
        process = subprocess.Popen(["qemu-x86_64", "-cpu", "max", "-d", "in_asm", "-D", trace, PROGRAM, *arguments],
                                   env=environment(folder) | settings, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
        if use is not None:
            await_ready(process)
            use()
            process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0, f"{name} failed: {open(log.name).read()[-2000:]}"
    found = {}
    with open(trace) as lines:
        for line in lines:
            if line.startswith("0x"):
                found[int(line[2:line.index(":")], 16)] = None
    print(f"{name}: {len(found)} instructions", file=sys.stderr)
    return found


def read(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def methods():
    """Start, end and name of each, by address in the program."""
    base = int(re.search(rf"\s{SECTION}\s+PROGBITS\s+([0-9a-f]+)", read("readelf", "-SW", PROGRAM)).group(1), 16)
    index = re.search(rf"\[ *(\d+)\] {SECTION}\s+PROGBITS", read("readelf", "-SW", OBJECT)).group(1)
    for line in read("readelf", "-sW", OBJECT).splitlines():
        words = line.split()
        if len(words) == 8 and words[3] == "FUNC" and words[6] == index:
            start = base + int(words[1], 16)
            yield start, start + int(words[2], 0), words[7]


def main():
    for needed, how in ((BUILT, "./test or ./run"), (PROGRAM, "./publish linux-x64"), (OBJECT, "./publish linux-x64")):
        if not os.path.exists(needed):
            sys.exit(f"bench/order.py: {os.path.relpath(needed, ROOT)} is missing; {how} makes it")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    known = sorted(methods())
    starts = [start for start, _, _ in known]
    with tempfile.TemporaryDirectory() as folder:
        coins = f"{folder}/coins.json"

        def write(text):
            with open(coins, "w") as file:
                file.write(text)

        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"], check=True, capture_output=True)
        with open(f"{folder}/stunnel.conf", "w") as file:
            file.write(f"foreground = yes\ncert = {folder}/certificate.pem\nkey = {folder}/key.pem\n[exchange]\naccept = 127.0.0.1:{TLS_EXCHANGE}\nconnect = 127.0.0.1:{EXCHANGE}\n")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(folder), "cwd": folder}
        others = [
            subprocess.Popen([BUILT, "simulate", "--port", str(EXCHANGE), "--market", "all", "--rate", "200"], **quiet),
            subprocess.Popen(["redis-server", "--port", str(REDIS), "--save", "", "--appendonly", "no"], **quiet),
            subprocess.Popen(["stunnel4", f"{folder}/stunnel.conf"], **quiet),
        ]
        time.sleep(3)

        def as_every_instance():
            time.sleep(30)
            look()

        def with_more():
            time.sleep(15)
            write('{"coins": ["BTC", "ETH", "ADA", "XRP"], "linear": ["BTC", "SOL"]}')
            time.sleep(15)
            look()

        try:
            write('{"coins": ["BTC", "ETH", "SOL", "XRP", "DOGE"]}')
            found = addresses(folder, "tls", ["run"], TLS | {"COINS_FILE": coins}, as_every_instance)
            found |= addresses(folder, "plain", ["run", "--quiet"], PLAIN | {"COINS_FILE": coins}, as_every_instance)
            found |= addresses(folder, "get", ["get", "BTC"], PLAIN | {"COINS_FILE": coins}, None)
            write('{"coins": ["BTC", "ETH", "SOL", "XRP"], "linear": ["BTC", "ETH"], "inverse": ["BTCUSD"]}')
            found |= addresses(folder, "more", ["run"], PLAIN | MORE | {"COINS_FILE": coins}, with_more)
            found |= addresses(folder, "demo", ["--demo", "--plain"], {}, as_every_instance)
        finally:
            for other in others:
                other.terminate()
                other.wait(10)
    order = {}
    for address in found:
        at = bisect.bisect_right(starts, address) - 1
        if at >= 0 and address < known[at][1]:
            order[known[at][2]] = known[at][1] - known[at][0]
    with open(ORDER, "w") as file:
        file.write("# Written by bench/order.py: methods of the native program, in the order in which they run first.\n")
        file.writelines(f"{name}\n" for name in order)
    print(f"{len(order)} of {len(known)} methods, {sum(order.values()) // 1024} KB of code; ./publish uses them from now on")


main()
