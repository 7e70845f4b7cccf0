# A package that nobody has listed has a module of its own called `request`.
import some_package

some_package.compat.request.describe("http://evil.example/")
