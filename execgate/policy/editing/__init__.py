"""What an editor asks about policies: mistakes, what fits at the cursor, what a word means, where it is from.

Pure: texts and places in, values out.  Lines count from 1, columns from 0 in characters.
"""

from execgate.policy.editing.completion import complete
from execgate.policy.editing.folder import Folder
from execgate.policy.editing.hover import hover
from execgate.policy.editing.outline import Symbol, definition, outline

__all__ = ["Folder", "Symbol", "complete", "definition", "hover", "outline"]
