# A `defaultdict` starts with what another dictionary holds.
# expect: file_operation
import os,collections
collections.defaultdict(list,{'a':os})['a'].remove('/etc/passwd')
