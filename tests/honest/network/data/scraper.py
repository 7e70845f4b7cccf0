# A shop's pages are turned into a table.
# allowed_imports: ["csv", "time", "requests", "bs4"]
# allowed_hosts: ["books.toscrape.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["books.csv"]

import csv
import time

import requests
from bs4 import BeautifulSoup


def page(number):
    response = requests.get(f"https://books.toscrape.com/catalogue/page-{number}.html", timeout=10)
    if response.status_code == 404:
        return []
    soup = BeautifulSoup(response.text, "html.parser")
    return [
        {"title": tag.h3.a["title"], "price": tag.select_one(".price_color").text.lstrip("£")}
        for tag in soup.select("article.product_pod")
    ]


with open("books.csv", "w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, fieldnames=["title", "price"])
    writer.writeheader()
    for number in range(1, 51):
        rows = page(number)
        if not rows:
            break
        writer.writerows(rows)
        time.sleep(0.5)
