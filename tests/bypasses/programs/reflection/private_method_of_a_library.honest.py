# A method with an underscore that is documented.
import collections
import tempfile

Point = collections.namedtuple("Point", "x y")
with tempfile.TemporaryDirectory(dir="/workspace") as folder:
    print(Point(1, 2)._replace(x=3)._asdict(), folder)
