# policy: data_agent
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self, features: int, hidden: int = 32):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.layers(x).squeeze(-1)


X = torch.randn(1_000, 8)
y = X @ torch.arange(8.0) + 0.1 * torch.randn(1_000)
train, valid = random_split(TensorDataset(X, y), [800, 200])
loader = DataLoader(train, batch_size=32, shuffle=True)

model = Net(8).to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.MSELoss()

best = float("inf")
for epoch in range(20):
    model.train()
    for batch, target in loader:
        optimizer.zero_grad()
        loss = criterion(model(batch.to(device)), target.to(device))
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        inputs, targets = valid[:]
        error = criterion(model(inputs.to(device)), targets.to(device)).item()
    print(f"epoch {epoch:02d} loss {error:.4f}")
    if error < best:
        best = error
        torch.save(model.state_dict(), "checkpoints/best.pt")

state = torch.load("checkpoints/best.pt", weights_only=True)
model.load_state_dict(state)
