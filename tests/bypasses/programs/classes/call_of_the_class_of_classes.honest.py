# A class of the program is called by the way in which classes are called.
class Job:
    def __init__(self, words):
        self.words = words


print(type.__call__(Job, ["id"]).words)
