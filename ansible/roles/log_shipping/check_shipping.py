"""Ships lines with a real rsyslogd to a bulk endpoint that is away at first, then refuses, then takes: a line, `passed …` or `FAILED …`; ends 1 when it failed.

The configuration is the role's template; only the journal is replaced by a file.
"""
import base64
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import jinja2
import yaml

HERE = pathlib.Path(__file__).parent
USER, PASSWORD = "lab", 'a"quoted\\one'
LIMIT = 60
LINES = [
    {"time": "2026-11-28T23:59:59.999Z", "level": "warning", "instance": "app1", "category": "Requests", "message": 'GET /ä "x" answered 503',
     "status": 503, "path": "/ä", "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"},
    {"time": "2026-11-29T00:00:00.001Z", "level": "information", "instance": "app2", "category": "Startup", "message": "back\\slash / and\ttab"},
] + [{"time": f"2026-11-29T00:00:{n % 60:02}.000Z", "level": "warning", "instance": "app3", "category": "Requests", "message": f"line {n}", "traceId": f"{n + 1:032x}"} for n in range(60)]
NO_JSON = ["plain words", '"a text is no object"', '{"half": ']


class Bulk(http.server.BaseHTTPRequestHandler):
    """Elasticsearch as far as _bulk goes. Refuses the first request as a whole and every line of the second."""
    protocol_version = "HTTP/1.1"
    requests = 0
    accepted, problems, days = {}, [], {}
    gate = threading.Lock()

    def log_message(self, *_):
        pass

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, b"{}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.gate:
            Bulk.requests += 1
            status, said = self.take(body, Bulk.requests)
        self.reply(status, json.dumps(said).encode())

    def take(self, body, number):
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.path != "/_bulk" or self.headers["Authorization"] != wanted:
            self.problems.append(f"request {number}: path {self.path}, authorization {self.headers['Authorization']}")
        rows = body.split("\n")
        rows = rows[:-1] if rows[-1] == "" else rows
        rows = rows[:-1] if rows[-1] == "" else rows  # rsyslog ends with an empty line, which Elasticsearch ignores
        if len(rows) % 2 or "" in rows:
            self.problems.append(f"request {number} is no newline-delimited JSON: {body!r}")
            return 400, {}
        pairs = [(json.loads(action)["create"], json.loads(document)) for action, document in zip(rows[::2], rows[1::2])]
        if number == 1:
            return 503, {"error": {"type": "unavailable", "reason": "not now"}, "status": 503}
        return 200, {"took": 1, "errors": number == 2, "items": [{"create": self.one(number, action, document)} for action, document in pairs]}

    def one(self, number, action, document):
        same = {"_index": action["_index"], "_id": action["_id"]}
        if number == 2:
            return same | {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}}
        if action["_id"] in self.accepted:
            return same | {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "it is there"}}
        self.accepted[action["_id"]] = document
        self.days[action["_id"]] = action["_index"]
        return same | {"status": 201, "result": "created"}


def until(condition, what):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {LIMIT} s; {len(Bulk.accepted)} of {len(LINES)} lines accepted in {Bulk.requests} requests")
        time.sleep(0.1)


def settings(folder, port):
    own = {**yaml.safe_load((HERE / "defaults/main.yml").read_text()), **yaml.safe_load((HERE / "vars/main.yml").read_text())}
    return own | {
        "log_shipping_url": f"http://127.0.0.1:{port}", "log_shipping_user": USER, "log_shipping_password": PASSWORD, "log_shipping_home": str(folder),
        "log_shipping_pid": str(folder / "pid"), "log_shipping_retry_seconds": 1, "log_shipping_batch": 20,
        "log_shipping_input": f'module(load="imfile" mode="polling" pollingInterval="1")\ninput(type="imfile" File="{folder}/lines.log" Tag="shortener" freshStartTail="off")',
    }


def render(folder, name, to, values):
    # As Ansible renders: blocks leave no line, and to_json is Ansible's.
    environment = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters["to_json"] = json.dumps
    (folder / to).write_text(environment.from_string((HERE / "templates" / name).read_text()).render(values))


def shipped(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bulk, bind_and_activate=False)
    server.server_bind()  # the port is ours, and refuses connections until it listens
    values = settings(folder, server.server_address[1])
    render(folder, "log-shipping.conf.j2", "rsyslog.conf", values)
    render(folder, "replay.json.j2", "replay.json", values)
    # Journal instead of file: the same configuration as on a host is at least read by rsyslog itself.
    render(folder, "log-shipping.conf.j2", "journal.conf", values | {"log_shipping_input": yaml.safe_load((HERE / "vars/main.yml").read_text())["log_shipping_input"]})
    subprocess.run(["/usr/sbin/rsyslogd", "-N1", "-f", folder / "journal.conf"], check=True, timeout=LIMIT, capture_output=True)
    texts = [json.dumps(line, ensure_ascii=False) for line in LINES]
    (folder / "lines.log").write_text("\n".join(texts[:10] + NO_JSON + texts[10:]) + "\n")
    with open(folder / "rsyslog.err", "w", encoding="utf-8") as errors:
        rsyslog = subprocess.Popen(["/usr/sbin/rsyslogd", "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid"], stdout=errors, stderr=errors)
    try:
        until(lambda: "Failed to connect" in (folder / "rsyslog.err").read_text(), "a first try in vain")
        server.server_activate()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # What was refused as a whole lies aside; everything else arrives by itself.
        until(lambda: (folder / "refused.json").exists() and len(Bulk.accepted) + aside(folder) == len(LINES), "all but what was laid aside")
        if aside(folder) == 0:
            yield "nothing was refused as a whole, so that case was not seen"
        subprocess.run([sys.executable, HERE / "files/lab-log-replay", folder / "replay.json"], check=True, timeout=LIMIT, capture_output=True)
        until(lambda: len(Bulk.accepted) == len(LINES), "every line")
        if (folder / "sending.json").read_text() or (folder / "refused.json").exists():
            yield "something is still laid aside"
    finally:
        rsyslog.terminate()
        rsyslog.wait(timeout=LIMIT)
        server.shutdown()
        server.server_close()
    yield from Bulk.problems
    yield from differences()


def aside(folder):
    """Lines in requests that were refused as a whole."""
    whole = [line for line in (folder / "refused.json").read_text().split("\n")[:-1]]
    return sum(len([row for row in json.loads(line)["request"]["postdata"].split("\n") if row]) // 2 for line in whole)


def differences():
    arrived = sorted(Bulk.accepted.items(), key=lambda one: json.dumps(one[1]["line"], sort_keys=True))
    expected = sorted(LINES, key=lambda line: json.dumps(line, sort_keys=True))
    for (key, document), line in zip(arrived, expected):
        day = line["time"][:10].replace("-", ".")
        wanted = {
            "@timestamp": line["time"], "message": line["message"], "event": {"id": key}, "host": document["host"],
            "service": {"name": "shortener", "node": {"name": line["instance"]}}, "log": {"level": line["level"], "logger": line["category"]}, "line": line,
        }
        wanted |= {ecs: {"id": line[own]} for ecs, own in (("trace", "traceId"), ("span", "spanId")) if own in line}
        if document != wanted:
            yield f"arrived {json.dumps(document)}, not {json.dumps(wanted)}"
        if Bulk.days[key] != f"lab-logs-{day}":
            yield f"a line of {day} is in {Bulk.days[key]}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = list(shipped(pathlib.Path(folder)))
        except (TimeoutError, subprocess.SubprocessError) as failed:
            found = [str(failed), (pathlib.Path(folder) / "rsyslog.err").read_text() if (pathlib.Path(folder) / "rsyslog.err").exists() else ""]
    print(f"{'FAILED' if found else 'passed'} every JSON line reaches Elasticsearch once, also after an absence, a 503 and 429s (rsyslog)" + "".join(f"\n    {one}" for one in found[:10]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
