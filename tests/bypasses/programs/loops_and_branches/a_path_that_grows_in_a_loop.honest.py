# A path counts the turns of a loop.
p = "/workspace/a"
for turn in range(20):
    open(p)
    p = f"/workspace/a{turn}"
