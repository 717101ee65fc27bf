"""Everything that is wrong with an inventory, at once and in words: what, where, and what would be right."""
import ipaddress
import pathlib

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

KEYS_OF_A_SPEC = ("type", "required", "default", "choices", "elements", "options")
LEAST_HOSTS = {"lb": 1, "app": 1, "db": 1, "obs": 1}
LEAST_SECRET = 12


def group_problems(groups):
    for name, least in LEAST_HOSTS.items():
        count = len(groups.get(name, []))
        if count < least:
            yield f"group {name} has no hosts: name at least {least} in the inventory"
        elif name == "db" and count % 2 == 0:
            yield f"group db has {count} hosts: make it an odd number, so that a majority exists when one is lost"


def address_problems(host, variables):
    try:
        ipaddress.IPv4Address(variables.get("ansible_host", ""))
    except ValueError:
        yield (f"{host}: ansible_host is {variables.get('ansible_host')!r}: write its IPv4 address, "
               "because balancer and database are configured with it")


def secret_problems(variables, secrets):
    for name in secrets:
        if len(str(variables.get(name) or "")) < LEAST_SECRET:
            yield (f"secret {name} is missing or shorter than {LEAST_SECRET} characters: set CHAOSLAB_{name.upper()} "
                   f"in the environment, or vault_{name} in the inventory's vault.yml")


def file_problems(files):
    for file in files:
        if not pathlib.Path(file["path"]).is_file():
            yield f"{file['path']} does not exist on this machine: {file['remedy']}"


def role_problems(role, options, variables):
    given = {name: variables[name] for name in variables if name.startswith(role + "_")}
    for name in sorted(given.keys() - options.keys()):
        yield f"{name} is no variable of role {role}, which takes {', '.join(sorted(options))}"
    # What refers to other hosts is worked out only inside a play: its kind is checked by the role itself.
    unsolved = {name for name, value in given.items() if "{{" in str(value)}
    for name in sorted(name for name in unsolved if "hostvars" not in str(given[name])):
        yield f"{name} cannot be worked out from the other variables: it reads {given[name]}"
    spec = {name: {key: option[key] for key in KEYS_OF_A_SPEC if key in option} for name, option in options.items()}
    right_names = {name: value for name, value in given.items() if name in options and name not in unsolved}
    for error in ArgumentSpecValidator({n: s for n, s in spec.items() if n not in unsolved}).validate(right_names).error_messages:
        yield f"role {role}: {error}"


def problems(hostvars, groups, roles_of_group, secrets, files, roles_folder):
    """All problems of all hosts; a problem that several hosts share is told once, with their names."""
    found = {problem: [] for problem in [*group_problems(groups), *file_problems(files)]}
    specs = {}
    for host in groups.get("lab", []):
        variables = hostvars[host]
        names = [role for group, roles in roles_of_group.items() if host in groups.get(group, []) for role in roles]
        for role in names:
            if role not in specs:
                path = pathlib.Path(roles_folder, role, "meta", "argument_specs.yml")
                specs[role] = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
        told = [*address_problems(host, variables), *secret_problems(variables, secrets)]
        for role in names:
            told += role_problems(role, specs[role], variables)
        for problem in told:
            found.setdefault(problem, []).append(host)
    return [problem + (f" ({', '.join(hosts)})" if 0 < len(hosts) < len(groups["lab"]) else "") for problem, hosts in found.items()]


class FilterModule:
    def filters(self):
        return {"problems": problems}
