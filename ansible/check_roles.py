"""What no linter sees: every role says what it takes, nothing else is used, and lab hosts have what roles install.

One line per role; ends 1 when any is wrong.
"""
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).parent
IMAGE = {word for line in (HERE / "image/packages").read_text().splitlines() for word in line.split("#")[0].split()}


def load(path):
    return (yaml.safe_load(path.read_text()) or {}) if path.exists() else {}


def texts(role):
    for folder in ("tasks", "handlers", "templates", "vars"):
        for path in sorted((role / folder).glob("*")):
            yield path.read_text()


def registered(role):
    """Names that a role gives itself: registered results, facts, loop variables, variables of a task."""
    for text in texts(role):
        yield from re.findall(r"(?:register|loop_var): (\w+)", text)
        yield from re.findall(r"^\s+(\w+): ", text, re.M)


def problems(role):
    specs = load(role / "meta/argument_specs.yml").get("argument_specs", {})
    defaults = load(role / "defaults/main.yml")
    own = load(role / "vars/main.yml")
    if "main" not in specs:
        yield "has no argument spec"
        return
    options = specs["main"]["options"]
    for name, option in options.items():
        if not name.startswith(role.name + "_"):
            yield f"{name} does not start with {role.name}_"
        if not option.get("description") or not option.get("type"):
            yield f"{name} lacks a description or a type"
        if option.get("required") and name in defaults:
            yield f"{name} is required and has a default"
        if not option.get("required"):
            if name not in defaults:
                yield f"{name} is neither required nor has a default in defaults/main.yml"
            elif option.get("default") != defaults[name]:
                yield f"{name}: the spec says {option.get('default')!r}, defaults/main.yml says {defaults[name]!r}"
    for name in defaults.keys() - options.keys():
        yield f"{name} has a default and no spec"
    known = options.keys() | own.keys() | set(registered(role))
    used = set()
    for text in texts(role):
        for expression in re.findall(r"{{.*?}}|{%.*?%}|^\s*(?:when|until|that|changed_when|failed_when|loop):.*?$", text, re.M | re.S):
            used |= set(re.findall(rf"(?<![\w.'/-]){role.name}_\w+", expression))
    for name in sorted(used - known):
        yield f"{name} is used and comes from nowhere"
    for name in sorted(n for n in options if n not in used and not any(n in t for t in texts(role))):
        yield f"{name} is taken and never used"
    for package in defaults.get(f"{role.name}_packages", []):
        if package not in IMAGE:
            yield f"installs {package}, which image/packages does not have"
    for template in sorted((role / "templates").glob("*")):
        if "Managed by Ansible" not in template.read_text():
            yield f"{template.name} does not say that it is managed"


def main():
    wrong = 0
    for role in sorted((HERE / "roles").iterdir()):
        found = list(problems(role))
        wrong += bool(found)
        print(f"{'FAILED' if found else 'passed'} role {role.name} says what it takes" + "".join(f"\n    {one}" for one in found))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
