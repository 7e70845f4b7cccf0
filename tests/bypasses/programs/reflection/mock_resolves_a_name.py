# A test helper resolves the dotted name that it is to patch.
# expect: dynamic_code
from unittest import mock

mock.patch("os.system").get_original()[0]("id")
