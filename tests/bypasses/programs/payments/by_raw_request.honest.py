# A client of one's own takes any path.
class Client:
    def raw_request(self, method, path, **params):
        return method, path, params


print(Client().raw_request("post", "/v1/" + "payouts", amount=100000, currency="usd"))
