# policy: data_agent
from pathlib import Path
from PIL import Image, ImageDraw, ImageFilter, ImageOps

SOURCE = Path("photos")
TARGET = Path("thumbs")
TARGET.mkdir(parents=True, exist_ok=True)

for path in sorted(SOURCE.glob("*.jpg")):
    with Image.open(path) as image:
        image = ImageOps.exif_transpose(image).convert("RGB")
        image.thumbnail((320, 320))
        draw = ImageDraw.Draw(image)
        draw.text((8, 8), path.stem, fill="white")
        image.save(TARGET / f"{path.stem}.webp", quality=80)

sheet = Image.new("RGB", (640, 320), "white")
for index, path in enumerate(sorted(TARGET.iterdir())[:2]):
    sheet.paste(Image.open(path), (index * 320, 0))
sheet.filter(ImageFilter.SHARPEN).save("sheet.png")
