# A client with a base URL, asked for relative paths.
# allowed_imports: ["httpx"]
# allowed_hosts: ["api.github.com"]

import httpx


def issues(client, repository, state="open"):
    response = client.get(f"/repos/{repository}/issues", params={"state": state})
    response.raise_for_status()
    for issue in response.json():
        yield issue["number"], issue["title"]


with httpx.Client(base_url="https://api.github.com", timeout=10.0, follow_redirects=True) as client:
    for number, title in issues(client, "encode/httpx"):
        print(f"#{number}: {title}")
    client.post("/repos/encode/httpx/issues/1/comments", json={"body": "Thank you"})
