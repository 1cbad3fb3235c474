"""Six steps of airbench94_muon in double precision with PyTorch: the losses and numbers that airbench.test.ts compares with.

The rule follows cifar10-airbench (K. Jordan, 2024), written anew: SGD of torch.optim for shifts and classifier, Muon for the 3x3
filters, sums of cross-entropies with labels smoothed by 0.2, rates that fall in a line. Weights and images are exact binary
fractions, the same in the test. Run: python3 airbench.test.py > airbench.test.json
"""
import json
import torch
from torch import nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
WIDTHS, BATCH, STEPS, WHITENING_STEPS = (4, 6, 6), 10, 6, 3


def numbers(count, start, scale):
    return torch.tensor([((((i + start) * 7919 + 4093) % 509) - 254) / 256 * scale for i in range(count)])


class Group(nn.Module):
    def __init__(self, before, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, padding="same", bias=False)
        self.norm1 = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding="same", bias=False)
        self.norm2 = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)

    def forward(self, x):
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.norm2(self.conv2(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.whiten = nn.Conv2d(3, 24, 2)
        self.group1, self.group2, self.group3 = (Group(*pair) for pair in zip((24, *WIDTHS), WIDTHS))
        self.head = nn.Linear(WIDTHS[2], 10, bias=False)

    def forward(self, x):
        x = F.gelu(self.whiten(x))
        x = F.max_pool2d(self.group3(self.group2(self.group1(x))), 3).flatten(1)
        return self.head(x) / WIDTHS[2]


def newton_schulz(g):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / g.norm()
    if g.size(0) > g.size(1):
        x = x.T
    for _ in range(3):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.size(0) > g.size(1) else x


net = Net()
start = 1000
with torch.no_grad():
    for name, p in net.named_parameters():
        if "norm" in name:
            p.fill_(1 if name.endswith("weight") else 0)
        else:
            p.copy_(numbers(p.numel(), start, 0.5).reshape(p.shape))
            start += p.numel()

shifts = [p for name, p in net.named_parameters() if "norm" in name and name.endswith("bias")]
filters = [p for name, p in net.named_parameters() if "conv" in name]
wd = 2e-6 * BATCH
groups = [
    dict(params=[net.whiten.bias], lr=0.053, weight_decay=wd / 0.053, steps=WHITENING_STEPS),
    dict(params=shifts, lr=0.053, weight_decay=wd / 0.053, steps=STEPS),
    dict(params=[net.head.weight], lr=0.67, weight_decay=wd / 0.67, steps=STEPS),
]
sgd = torch.optim.SGD(groups, momentum=0.85, nesterov=True, lr=1)
first = [group["lr"] for group in sgd.param_groups]
velocities = [torch.zeros_like(p) for p in filters]
losses = []
for step in range(STEPS):
    x = numbers(BATCH * 3072, 31 * step, 2).reshape(BATCH, 3, 32, 32)
    y = torch.tensor([(3 * i + step) % 10 for i in range(BATCH)])
    loss = F.cross_entropy(net(x), y, label_smoothing=0.2, reduction="sum")
    net.zero_grad()
    loss.backward()
    losses.append(loss.item() / BATCH)
    for lr, group in zip(first, sgd.param_groups):
        group["lr"] = lr * max(0, 1 - step / group["steps"])
    sgd.step()
    with torch.no_grad():
        for p, v in zip(filters, velocities):
            v.mul_(0.6).add_(p.grad)
            direction = p.grad + 0.6 * v
            p.mul_(len(p) ** 0.5 / p.norm())
            p.sub_(0.24 * (1 - step / STEPS) * newton_schulz(direction.reshape(len(p), -1)).reshape(p.shape))

kept = ["whiten.bias", "group1.conv1.weight", "group2.norm1.bias", "group3.conv2.weight", "head.weight"]
state = net.state_dict()
moments = ["group1.norm1.running_mean", "group3.norm2.running_var"]
print(json.dumps({"losses": losses, "numbers": {name: state[name].flatten()[:24].tolist() for name in kept + moments}}))
