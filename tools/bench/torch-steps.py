# Training steps of the networks of networks.ts in PyTorch, on request: `NAME BATCH` on standard input makes one step and answers
# with the milliseconds that the process had cores. Arguments: threads.
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)


def filters(i, o, size, stride=1, padding=None):
    return nn.Conv2d(i, o, size, stride, size // 2 if padding is None else padding, bias=False)


def conv_net():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(True), nn.Linear(512, 10),
    )


def all_cnn():
    layers, last = [], 3
    for o, size, stride, padding in [
        (96, 3, 1, 1), (96, 3, 1, 1), (96, 3, 2, 1), (192, 3, 1, 1), (192, 3, 1, 1), (192, 3, 2, 1),
        (192, 3, 1, 0), (192, 1, 1, 0), (10, 1, 1, 0),
    ]:
        layers += [nn.Conv2d(last, o, size, stride, padding), nn.ReLU(True)]
        last = o
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.more, self.stride = o - i, stride
        self.body = nn.Sequential(
            filters(i, o, 3, stride), nn.BatchNorm2d(o), nn.ReLU(True), filters(o, o, 3), nn.BatchNorm2d(o)
        )

    def forward(self, x):
        shortcut = x
        if self.stride > 1:
            shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        return F.relu(self.body(x) + shortcut)


def res_net_20():
    blocks, last = [], 16
    for stage, o in enumerate([16, 32, 64]):
        for k in range(3):
            blocks.append(Block(last, o, 2 if stage > 0 and k == 0 else 1))
            last = o
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(filters(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(True), *blocks, *head)


def airbench94():
    layers, last = [nn.Conv2d(3, 24, 2), nn.GELU()], 24
    for o in [64, 256, 256]:
        layers += [filters(last, o, 3), nn.MaxPool2d(2), nn.BatchNorm2d(o, 1e-12, 0.4), nn.GELU()]
        layers += [filters(o, o, 3), nn.BatchNorm2d(o, 1e-12, 0.4), nn.GELU()]
        last = o
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), nn.Linear(256, 10, bias=False))


def classifier(make, image):
    def prepare(batch):
        net = make()
        optimizer = torch.optim.SGD(net.parameters(), 1e-4, momentum=0.9, weight_decay=5e-4)
        x, y = torch.randn(batch, *image), torch.arange(batch) % 10

        def step():
            optimizer.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optimizer.step()

        return step

    return prepare


def dcgan(batch):
    def grown(i, o):
        return [nn.ConvTranspose2d(i, o, 4, 2, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(True)]

    def shrunk(i, o):
        return [filters(i, o, 4, 2, 1), nn.BatchNorm2d(o), nn.LeakyReLU(0.2, True)]

    g = nn.Sequential(
        nn.ConvTranspose2d(100, 256, 4, bias=False), nn.BatchNorm2d(256), nn.ReLU(True),
        *grown(256, 128), *grown(128, 64), *grown(64, 32), nn.ConvTranspose2d(32, 3, 4, 2, 1, bias=False), nn.Tanh(),
    )
    d = nn.Sequential(
        filters(3, 32, 4, 2, 1), nn.LeakyReLU(0.2, True), *shrunk(32, 64), *shrunk(64, 128), *shrunk(128, 256),
        filters(256, 1, 4, 1, 0), nn.Flatten(),
    )
    rule = lambda net: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999))
    of_g, of_d = rule(g), rule(d)
    real, z = torch.randn(batch, 3, 64, 64), torch.randn(batch, 100, 1, 1)
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    loss = F.binary_cross_entropy_with_logits

    def step():
        of_d.zero_grad()
        loss(d(real), ones).backward()
        fake = g(z)
        loss(d(fake.detach()), zeros).backward()
        of_d.step()
        of_g.zero_grad()
        for w in d.parameters():
            w.requires_grad_(False)
        loss(d(fake), ones).backward()
        for w in d.parameters():
            w.requires_grad_(True)
        of_g.step()

    return step


networks = {
    'convNet': classifier(conv_net, (1, 28, 28)),
    'allCnn': classifier(all_cnn, (3, 32, 32)),
    'resNet20': classifier(res_net_20, (3, 32, 32)),
    'airbench94': classifier(airbench94, (3, 32, 32)),
    'dcgan': dcgan,
}
name, step = None, None
print(torch.__version__, flush=True)
for line in sys.stdin:
    wanted, batch = line.split()
    if wanted != name:
        step = None
        name, step = wanted, networks[wanted](int(batch))
    before = time.process_time()
    step()
    print(1000 * (time.process_time() - before), flush=True)
