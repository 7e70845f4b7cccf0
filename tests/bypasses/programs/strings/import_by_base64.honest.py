# A text is encoded in base 64, and a module with a joined name counts.
import base64

m = __import__(base64.b64decode("bWF0aA==").decode())
print(m.sqrt(2))
