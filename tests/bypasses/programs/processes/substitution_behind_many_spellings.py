# A word that can be spelled in more ways than are told apart; what is substituted behind it runs all the same.
# expect: file_operation
import os

os.system("if true; then x=a; else x=b; fi; echo $x$x$x$x$x$(rm -rf /srv/data)")
