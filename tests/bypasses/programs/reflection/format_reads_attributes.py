# A format string reads attributes.
# expect: dynamic_code
"{0.__class__.__mro__}".format(1)
