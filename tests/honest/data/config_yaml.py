# policy: data_agent
import yaml
from pathlib import Path

DEFAULTS = {"input": "data.csv", "columns": [], "options": {"sep": ",", "limit": 100}}


def merge(base, extra):
    result = dict(base)
    for key, value in (extra or {}).items():
        result[key] = merge(base[key], value) if isinstance(value, dict) and key in base else value
    return result


with open("config.yaml") as f:
    config = merge(DEFAULTS, yaml.safe_load(f))
strict = yaml.load(Path("strict.yml").read_text(), Loader=yaml.SafeLoader)
config["strict"] = bool(strict)
with open("effective.yaml", "w") as f:
    yaml.safe_dump(config, f, sort_keys=False)
print(yaml.dump(config))
