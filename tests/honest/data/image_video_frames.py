# policy: data_agent
import cv2

capture = cv2.VideoCapture("clips/input.mp4")
fps = capture.get(cv2.CAP_PROP_FPS) or 25
width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
writer = cv2.VideoWriter("clips/edges.mp4", cv2.VideoWriter_fourcc(*"mp4v"), fps, (width, height), False)

count = 0
while True:
    ok, frame = capture.read()
    if not ok:
        break
    edges = cv2.Canny(frame, 100, 200)
    writer.write(edges)
    if count % int(fps) == 0:
        cv2.imwrite(f"clips/frame_{count:05d}.jpg", frame)
    count += 1

capture.release()
writer.release()
print(f"{count} frames, {count / fps:.1f} s")
