# An object of one's own has a method of that name.
class Camera:
    def capture(self, amount_to_capture):
        return [0] * amount_to_capture


print(Camera().capture(amount_to_capture=10))
