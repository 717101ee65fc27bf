"""What the balancer says of requests that fail, without hosts: a line each, `passed …` or `FAILED …`; ends 1 when any failed.

Where HAProxy is installed, the role's own configuration runs on loopback, is asked, and its lines are read as the journal would get them.
"""
import http.client
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import jinja2
import yaml

HERE = pathlib.Path(__file__).parent
# What ./lab logs reads of a line (chaos/Lab/Logs/LogLine.cs), and log shipping too.
NAMES = {"time", "level", "message", "method", "path", "status", "traceId"}
TRACE = "0af7651916cd43dd8448eb211c80319c"
PATIENCE = 20


def rendered(**settings):
    engine = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "templates"), trim_blocks=True)
    known = yaml.safe_load((HERE / "defaults/main.yml").read_text())
    hosts = {name: {"ansible_host": "127.0.0.1"} for name in ("app1", "db1")}
    return engine.get_template("haproxy.cfg.j2").render({**known, "inventory_hostname": "lb1", "haproxy_app_hosts": ["app1"], "haproxy_db_hosts": ["db1"], "haproxy_app_port": 8080,
                                                         "haproxy_app_health_port": 8081, "haproxy_db_health_port": 8008, "haproxy_allowed_network": "10.0.0.0/8",
                                                         "haproxy_plain_http": "serve", "hostvars": hosts, **settings})


def without_haproxy(text):
    """The line with a sample in place of each of HAProxy's words: whether quotes and commas are right."""
    found = re.search(r"^ *log-format '(.*)'$", text, re.M)
    if not found:
        return "no log-format in single quotes"
    line = found.group(1)
    samples = ((r"%\{\+Q\}\[[^]]*\]", '"x"'), (r"%\[date\(0,ms\)[^]]*\]", "007"), (r"%\[date,[^]]*\]", "2026-11-29T15:07:52"), (r"%\[[^]]*\]", "x"), (r"%(ST|Ta)\b", "503"), (r"%\w+", "x"))
    for word, sample in samples:
        line = re.sub(word, sample, line)
    try:
        missing = NAMES - json.loads(line).keys()
    except ValueError as wrong:
        return f"{wrong}: {line}"
    return f"{', '.join(sorted(missing))} missing" if missing else ""


class App(http.server.BaseHTTPRequestHandler):
    """An instance that is well, until it is closed."""
    def do_GET(self):
        self.send_response(500 if self.path.startswith("/bad") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(port, path):
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    visitor.request("GET", path, headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    status = visitor.getresponse().status
    visitor.close()
    return status


def until(port, path, wanted):
    """Asks until the answer is the wanted one. Returns whether it came."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if ask(port, path) == wanted:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def with_haproxy(folder):
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    log.settimeout(0.5)
    app = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    port, status, primary, replica = (free() for _ in range(4))
    text = rendered(haproxy_app_port=app.server_port, haproxy_app_health_port=app.server_port, haproxy_status_port=status, haproxy_primary_port=primary, haproxy_replica_port=replica)
    text = re.sub(r" +(user|group|bind \*:443) ?.*\n", "", text).replace("bind *:80\n", f"bind 127.0.0.1:{port}\n").replace("bind *:", "bind 127.0.0.1:")
    text = text.replace("/dev/log", f"127.0.0.1:{log.getsockname()[1]}").replace("/run/haproxy", folder)
    file = pathlib.Path(folder) / "haproxy.cfg"
    file.write_text(text)
    with subprocess.Popen(["haproxy", "-db", "-f", str(file)], stderr=subprocess.PIPE, universal_newlines=True) as haproxy:
        try:
            if not until(port, "/well", 200):
                return "no answer from HAProxy"
            ask(port, "/bad]\"\\%22?not=this")
            app.shutdown()
            app.server_close()
            if not until(port, "/a7Xb2Qz", 503):
                return "no 503 without instances"
        finally:
            haproxy.terminate()
    said = []
    try:
        while True:
            said.append(log.recv(8192).decode())
    except socket.timeout:
        pass
    try:
        lines = [json.loads(line[line.index("{"):]) for line in said if "{" in line]
    except ValueError as wrong:
        return f"{wrong}: {said}"
    seen = {(line["path"], line["status"], line["traceId"]) for line in lines}
    wanted = {("/bad]\"\\%22", 500, TRACE), ("/a7Xb2Qz", 503, TRACE)}
    if wanted - seen:
        return f"not told: {wanted - seen}; told: {said}"
    if any(line["path"] == "/well" and line["status"] == 200 for line in lines):
        return "a request that went well was told"
    return "" if all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines) else f"no time: {lines}"


def checks():
    yield "a failure is told as JSON under the names that ./lab logs reads", without_haproxy(rendered())
    if shutil.which("haproxy"):
        with tempfile.TemporaryDirectory() as folder:
            yield "HAProxy tells what it failed with path, status and trace, and nothing of what went well", with_haproxy(folder)
    else:
        print("HAProxy is not installed here: its real lines are not looked at")


def main():
    failed = 0
    for name, said in checks():
        failed += bool(said)
        print(f"{'FAILED' if said else 'passed'} {name}" + "".join(f"\n    {line}" for line in said.splitlines()[:60]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
