# A library's own function of that name does something else.
class Commands:
    def getoutput(self, command):
        return command.upper()


print(Commands().getoutput("id"))
