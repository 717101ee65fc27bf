"""The role on this machine without changing it: what it decides, what it says, and the files that it writes, below a temporary folder.

The web servers it asks are stubs on a loopback port; Jenkins itself is not at hand. One line per check; ends 1 when one is wrong.
"""
import filecmp
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
ANSIBLE = HERE.parent.parent
CONTROLLER = ANSIBLE.parent / "jenkins"
NAMES = re.findall(r"(?m)^([A-Z0-9_]+)=", (CONTROLLER / "controller/secrets.example").read_text())
NOWHERE = "http://127.0.0.1:9"  # nobody listens on the discard port


class Web(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def play(folder, hosts, tasks=None, secrets=NAMES, check=False):
    """Exit code and output of the playbook, or of some of the role's tasks alone, on this machine under several names with their variables."""
    root = pathlib.Path(folder)
    common = {"ansible_connection": "local", "ansible_become": False, "jenkins_home": f"{root}/home", "jenkins_settings": f"{root}/settings",
              "jenkins_units": f"{root}/units", "jenkins_account": "root", "jenkins_requirements": [], "jenkins_docker": f"{root}/no-docker", "jenkins_version": "0.none"}
    playbook = ANSIBLE / "playbooks/jenkins.yml"
    if tasks:
        playbook = root / "play.json"
        steps = [{"ansible.builtin.include_role": {"name": "jenkins", "tasks_from": name}} for name in tasks]
        steps.append({"ansible.builtin.debug": {"msg": "SOURCE<{{ inventory_hostname }}:{{ jenkins_source }}>"}})
        # Ends before handlers: there is no service to restart here.
        steps.append({"ansible.builtin.meta": "end_play"})
        playbook.write_text(json.dumps([{"hosts": "jenkins", "tasks": steps}]))
    inventory = root / "inventory.json"
    inventory.write_text(json.dumps({"jenkins": {"hosts": {name: {**common, **variables} for name, variables in hosts.items()}}}))
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    environment.update({name: f"value of {name}\nsecond line" for name in secrets}, ANSIBLE_CONFIG=str(ANSIBLE / "ansible.cfg"), ANSIBLE_NOCOLOR="1",
                       ANSIBLE_INVENTORY_ENABLED="yaml")
    done = subprocess.run(["/usr/bin/ansible-playbook", "-i", str(inventory), str(playbook)] + ["--check"] * check, cwd=ANSIBLE, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, timeout=900)
    return done.returncode, done.stdout


def addresses(base):
    return {"jenkins_repository": base + "/debian", "jenkins_repository_key": base + "/key", "jenkins_plugin_manager": base + "/manager.jar", "jenkins_update_center": base}


def written(folder):
    return sorted(str(path.relative_to(folder)) for name in ("home", "settings", "units") for path in pathlib.Path(folder, name).glob("**/*") if path.is_file())


def nothing_reachable(folder, _):
    code, output = play(folder, {"ci1": addresses(NOWHERE)}, secrets=NAMES[1:], check=True)
    wanted = ["Nothing was changed", "Jenkins cannot be had on ci1", "no package file is given", NOWHERE + "/debian or its key cannot be reached", "no docker engine",
              "secrets are missing: " + NAMES[0]]
    yield from (f"does not say: {text}" for text in wanted if text not in output)
    yield from ["it went on"] * (code == 0) + [f"it wrote {written(folder)}"] * bool(written(folder)) + ["it changed something"] * ("changed=0" not in output)


def order_of_sources(folder, web):
    package = pathlib.Path(folder, "jenkins.deb")
    package.write_text("")
    engine = pathlib.Path(folder, "docker")
    engine.write_text("#!/bin/sh\nexit 0\n")
    engine.chmod(0o755)
    package, engine = str(package), str(engine)
    output = play(folder, {
        "package-file": {**addresses(web), "jenkins_package_file": package, "jenkins_docker": engine},
        "repository": {**addresses(web), "jenkins_docker": engine},
        "image": {**addresses(web), "jenkins_repository": "", "jenkins_docker": engine},
        # Without plugins a package is worth nothing.
        "none": {**addresses(NOWHERE), "jenkins_package_file": package}}, ["sources"])[1]
    wrong = [wanted for wanted in ("package file", "repository", "image", "") if f"SOURCE<{wanted.replace(' ', '-') or 'none'}:{wanted}>" not in output]
    if wrong:
        yield f"decided otherwise than {wrong}: {output[-3000:]}"


def files(folder, web):
    source = {**addresses(web), "jenkins_docker": ""}
    for turn in ("first", "second"):
        code, output = play(folder, {"ci1": source}, ["sources", "settings", "configuration"])
        if code or (turn == "second") != ("changed=0" in output):
            yield f"{turn} run: exit code {code}: {output[-2500:]}"
            return
    pairs = {f"settings/casc/{path.name}": path for path in (CONTROLLER / "controller/casc").glob("*.yaml")}
    pairs.update({"settings/plugins.txt": CONTROLLER / "controller/plugins.txt", "home/jobs/chaoslab/config.xml": CONTROLLER / "jobs/golden/chaoslab/config.xml"})
    secrets = [f"settings/secrets/{name}" for name in NAMES]
    if written(folder) != sorted([*pairs, *secrets, "units/jenkins.service.d/lab.conf"]):
        yield f"written: {written(folder)}"
    yield from (f"{name} is not as in the repository" for name, path in pairs.items() if not filecmp.cmp(pathlib.Path(folder, name), path, shallow=False))
    for name in NAMES:
        path = pathlib.Path(folder, "settings/secrets", name)
        if path.read_text() != f"value of {name}\nsecond line" or path.stat().st_mode & 0o777 != 0o640:
            yield f"secret {name} has another value or mode"
    settings = pathlib.Path(folder, "units/jenkins.service.d/lab.conf").read_text()
    for wanted in (f"CASC_JENKINS_CONFIG={folder}/settings/casc", f"SECRETS={folder}/settings/secrets", "JENKINS_LISTEN_ADDRESS=127.0.0.1", "runSetupWizard=false"):
        if wanted not in settings:
            yield f"the drop-in lacks {wanted}"
    if "value of" in settings:
        yield "the drop-in holds a secret"


def version(_folder, _web):
    core = re.search(r"(?m)^FROM jenkins/jenkins:([\d.]+)", (CONTROLLER / "controller/Dockerfile").read_text()).group(1)
    if f"jenkins_version: {core}\n" not in (HERE / "defaults/main.yml").read_text():
        yield f"jenkins_version is not that of the Dockerfile, {core}"


CHECKS = (("role jenkins changes nothing and says why when it cannot be had", nothing_reachable),
          ("role jenkins takes the first source that has everything", order_of_sources),
          ("role jenkins writes configuration, job, plugins and secrets as they are, once", files),
          ("role jenkins and the Dockerfile name the same version", version))


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrong = 0
    for says, check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="chaoslab-jenkins-role-") as folder:
            found = list(check(folder, f"http://127.0.0.1:{server.server_port}"))
        wrong += bool(found)
        print(f"{'FAILED' if found else 'passed'} {says}" + "".join(f"\n    {one}" for one in found), flush=True)
    server.shutdown()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
