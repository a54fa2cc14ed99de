"""Writes CloudFormation as people write it: short tags (`!Sub`), small mappings on one line."""

from typing import Any

import yaml

_WIDTH = 118


class _Tagged(str):
    tag = ""


class Sub(_Tagged):
    """`!Sub text`."""

    tag = "!Sub"


class Ref(_Tagged):
    """`!Ref name`."""

    tag = "!Ref"


class GetAtt(_Tagged):
    """`!GetAtt Resource.Attribute`."""

    tag = "!GetAtt"


class If(list[Any]):
    """`!If [condition, then, otherwise]`."""


class Lines(dict[str, Any]):
    """A mapping of one line per key, however small."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _tagged(dumper: _Dumper, value: _Tagged) -> yaml.Node:
    return dumper.represent_scalar(value.tag, str(value))


for _kind in (Sub, Ref, GetAtt):
    _Dumper.add_representer(_kind, _tagged)
_Dumper.add_representer(
    Lines, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=False)
)
_Dumper.add_representer(If, lambda dumper, value: dumper.represent_sequence("!If", value, flow_style=True))


def dump(value: Any) -> str:
    """`value` as YAML, keys in their order, leaves of the tree on one line."""
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=_WIDTH, allow_unicode=True
    )
