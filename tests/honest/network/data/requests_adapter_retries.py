# A session whose adapter retries, and a JSON file of what it got.
# allowed_imports: ["json", "requests", "urllib3"]
# allowed_hosts: ["rates.example.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["rates.json"]

import json

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


def make_session():
    session = requests.Session()
    retry = Retry(total=5, backoff_factor=0.3, status_forcelist=[500, 502, 503, 504])
    adapter = HTTPAdapter(max_retries=retry)
    session.mount("https://", adapter)
    return session


def fetch_rates(session, day):
    response = session.get(f"https://rates.example.com/daily/{day}.json", timeout=(3, 30))
    response.raise_for_status()
    return response.json()["rates"]


with make_session() as session:
    rates = {day: fetch_rates(session, day) for day in ("2024-01-01", "2024-01-02")}

with open("rates.json", "w") as out:
    json.dump(rates, out, indent=2)
