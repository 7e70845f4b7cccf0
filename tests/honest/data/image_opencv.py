# policy: data_agent
import cv2
import numpy as np

image = cv2.imread("input/scan.png")
if image is None:
    raise SystemExit("no picture")
gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
blurred = cv2.GaussianBlur(gray, (5, 5), 0)
_, binary = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)

boxes = []
for contour in contours:
    area = cv2.contourArea(contour)
    if area < 50:
        continue
    x, y, w, h = cv2.boundingRect(contour)
    boxes.append((x, y, w, h))
    cv2.rectangle(image, (x, y), (x + w, y + h), (0, 255, 0), 2)

print(len(boxes), "shapes, mean area", np.mean([w * h for _, _, w, h in boxes]) if boxes else 0)
cv2.imwrite("output/boxes.png", image)
for i, (x, y, w, h) in enumerate(boxes[:10]):
    cv2.imwrite(f"output/crop_{i}.png", image[y : y + h, x : x + w])
