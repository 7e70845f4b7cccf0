# A browser takes pictures of two pages.
# allowed_imports: ["playwright"]
# allowed_commands: ["browser"]
# allowed_hosts: ["www.example.com", "docs.example.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["shots/home.png", "shots/docs.png"]

from playwright.sync_api import sync_playwright

PAGES = {"home": "https://www.example.com/", "docs": "https://docs.example.com/start"}

with sync_playwright() as p:
    browser = p.chromium.launch(headless=True)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for name, url in PAGES.items():
        page.goto(url, wait_until="networkidle")
        print(name, page.title(), page.locator("h1").first.inner_text())
        page.screenshot(path=f"shots/{name}.png", full_page=True)
    browser.close()
