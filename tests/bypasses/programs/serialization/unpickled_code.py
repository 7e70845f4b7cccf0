# A pickle runs code.
# expect: deserialization
import pickle

pickle.loads(b"cos\nsystem\n(S'id'\ntR.")
