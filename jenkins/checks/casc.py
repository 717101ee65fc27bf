"""Configuration as code: the YAML files read and merged as the controller does."""
import re

import jsonschema
import yaml

import tool


class OncePerKey(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error."""


def mapping(loader, node, deep=False):
    seen = {}
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, "'%s' stands twice" % key.value, key.start_mark)
        seen[key.value] = True
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


OncePerKey.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def read(file):
    with open(file, encoding='utf-8') as stream:
        return yaml.load(stream, OncePerKey)


def merge(into, more, where, problems):
    """Maps grow together; anything else may be said in one file only."""
    for key, value in more.items():
        if key not in into:
            into[key] = value
        elif isinstance(into[key], dict) and isinstance(value, dict):
            merge(into[key], value, where + [key], problems)
        else:
            problems.append('%s is set in two files' % '.'.join(where + [key]))


def merged(files):
    """The whole configuration, and what speaks against merging it."""
    whole, problems = {}, []
    for file in files:
        try:
            merge(whole, read(file) or {}, [], problems)
        except yaml.YAMLError as error:
            problems.append('%s: %s' % (file, str(error).replace('\n', ' ')))
    return whole, problems


def complaints(configuration):
    """What the schema says, with the place of each."""
    import json
    with open(tool.path('controller', 'casc.schema.json'), encoding='utf-8') as stream:
        schema = json.load(stream)
    jsonschema.Draft7Validator.check_schema(schema)
    found = jsonschema.Draft7Validator(schema).iter_errors(configuration)
    return sorted('%s: %s' % ('.'.join(str(part) for part in error.absolute_path) or '(top)', error.message[:300]) for error in found)


def references(value):
    """Every ${NAME} in the configuration."""
    if isinstance(value, dict):
        return set().union(*[references(item) for item in value.values()], set())
    if isinstance(value, list):
        return set().union(*[references(item) for item in value], set())
    return set(re.findall(r'\$\{([^}]+)\}', value)) if isinstance(value, str) else set()


def credentials(configuration):
    """Kind by id of every credential that is there."""
    found = {}
    for domain in configuration.get('credentials', {}).get('system', {}).get('domainCredentials', []):
        for entry in domain['credentials']:
            for kind, fields in entry.items():
                found[fields['id']] = kind
    return found
