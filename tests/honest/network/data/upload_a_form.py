# A file goes up as a part of a form.
# allowed_imports: ["requests"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["report.pdf"]
# allowed_hosts: ["upload.example.com"]

import requests


def upload(path, title):
    with open(path, "rb") as file:
        response = requests.post(
            "https://upload.example.com/documents",
            files={"file": file},
            data={"title": title},
            headers={"X-Api-Version": "3"},
            timeout=30,
        )
    response.raise_for_status()
    return response.json()["id"]


print(upload("report.pdf", "Monthly report"))
