# policy: data_agent
import csv
import re
from bs4 import BeautifulSoup

with open("pages/listing.html", encoding="utf-8") as f:
    soup = BeautifulSoup(f, "html.parser")

items = []
for card in soup.select("div.card"):
    title = card.find("h2").get_text(strip=True)
    link = card.find("a", href=True)
    price = re.search(r"[\d.,]+", card.select_one(".price").text)
    items.append(
        {
            "title": title,
            "url": link["href"] if link else "",
            "price": float(price.group().replace(",", "")) if price else None,
            "tags": "|".join(t.text for t in card.find_all("span", class_="tag")),
        }
    )

with open("items.csv", "w", newline="", encoding="utf-8") as out:
    writer = csv.DictWriter(out, fieldnames=["title", "url", "price", "tags"])
    writer.writeheader()
    writer.writerows(items)
print(f"{len(items)} items, {sum(1 for i in items if i['price'])} with a price")
