# A client class for an API, with pages and retries.
# allowed_imports: ["time", "requests"]
# allowed_hosts: ["api.example.com"]

import time

import requests

BASE = "https://api.example.com/v2"


class ApiError(RuntimeError):
    """The service said no."""


class Client:
    def __init__(self, token, attempts=3):
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {token}"})
        self.attempts = attempts

    def get(self, path, **params):
        for attempt in range(self.attempts):
            response = self.session.get(f"{BASE}/{path.lstrip('/')}", params=params, timeout=10)
            if response.status_code < 500:
                response.raise_for_status()
                return response.json()
            time.sleep(2**attempt)
        raise ApiError(f"{path}: still failing after {self.attempts} attempts")


def main():
    client = Client("secret")
    page, users = 1, []
    while True:
        batch = client.get("users", page=page, per_page=100)
        if not batch:
            break
        users.extend(batch)
        page += 1
    print(f"{len(users)} users")


if __name__ == "__main__":
    main()
