# C has `system` too.
# expect: native_code
import ctypes

ctypes.CDLL(None).system(b"id")
