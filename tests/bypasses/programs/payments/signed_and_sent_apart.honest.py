# A text is signed with a key, and no transfer.
import hashlib, hmac

signed = hmac.new(b"key", b"to 0xB", hashlib.sha256)
print(signed.hexdigest())
