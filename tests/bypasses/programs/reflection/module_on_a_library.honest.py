# A library's object is given one more attribute.
import pandas

frame = pandas.DataFrame({"a": [1]})
frame.attrs["source"] = "survey"
frame.columns = ["b"]
print(frame.b.mean())
