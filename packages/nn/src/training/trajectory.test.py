"""Writes trajectory.test.json: every gradient at step 0 and ten losses of a small network, in double precision.

Python's own numbers and loops, written from the formulas and not from the package: run `python3 trajectory.test.py` beside the test.
"""

import json
import math
from pathlib import Path

ITEMS, CLASSES, RATE, MOMENTUM, DECAY, STEPS = 4, 3, 0.05, 0.9, 0.0005, 10
EPSILON, RUNNING = 1e-5, 0.1
SIZE, ALPHA, BETA, K = 5, 0.3, 0.75, 2.0
LABELS = [0, 2, 1, 2]


def numbers(count, start, scale):
    """Exact binary fractions in [-1, 1) * scale, the same in every language."""
    return [((((i + start) * 7919 + 4093) % 509) - 254) / 256 * scale for i in range(count)]


def shaped(flat, shape):
    if len(shape) == 1:
        return list(flat)
    step = len(flat) // shape[0]
    return [shaped(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def flat(nested):
    return [x for inner in nested for x in flat(inner)] if isinstance(nested, list) else [nested]


def zeros(*shape):
    return [zeros(*shape[1:]) for _ in range(shape[0])] if shape else 0.0


SHAPES = {
    "conv1.weight": ([4, 2, 5, 5], 0.5),
    "conv1.bias": ([4], 0.25),
    "conv2.weight": ([6, 2, 3, 3], 0.5),
    "conv2.bias": ([6], 0.25),
    "bn.weight": ([6], 0.5),
    "bn.bias": ([6], 0.5),
    "head.weight": ([3, 24], 0.5),
    "head.bias": ([3], 0.25),
}


def first_weights():
    weights, start = {}, 1000
    for name, (shape, scale) in SHAPES.items():
        count = math.prod(shape)
        weights[name] = shaped([v + (name == "bn.weight") for v in numbers(count, start, scale)], shape)
        start += count
    return weights


IMAGES = shaped(numbers(ITEMS * 2 * 81, 0, 1.0), [ITEMS, 2, 9, 9])


def convolution_terms(x, w, stride, padding, groups):
    """(n, o, y, x, c of x, row, column, c of w, i, j) of every product."""
    per_in, per_out = len(x[0]) // groups, len(w) // groups
    height, width, size = len(x[0][0]), len(x[0][0][0]), len(w[0][0])
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    for n in range(len(x)):
        for o in range(len(w)):
            for r in range(rows):
                for s in range(columns):
                    for c in range(per_in):
                        for i in range(size):
                            for j in range(size):
                                u, v = r * stride - padding + i, s * stride - padding + j
                                if 0 <= u < height and 0 <= v < width:
                                    yield n, o, r, s, o // per_out * per_in + c, u, v, c, i, j


def convolve(x, w, b, stride, padding, groups):
    size = len(w[0][0])
    rows = (len(x[0][0]) + 2 * padding - size) // stride + 1
    columns = (len(x[0][0][0]) + 2 * padding - size) // stride + 1
    y = [[[[b[o]] * columns for _ in range(rows)] for o in range(len(w))] for _ in x]
    for n, o, r, s, cx, u, v, c, i, j in convolution_terms(x, w, stride, padding, groups):
        y[n][o][r][s] += w[o][c][i][j] * x[n][cx][u][v]
    return y


def convolve_back(x, w, g, stride, padding, groups):
    gx = zeros(len(x), len(x[0]), len(x[0][0]), len(x[0][0][0]))
    gw = zeros(len(w), len(w[0]), len(w[0][0]), len(w[0][0][0]))
    gb = [sum(flat([g[n][o] for n in range(len(x))])) for o in range(len(w))]
    for n, o, r, s, cx, u, v, c, i, j in convolution_terms(x, w, stride, padding, groups):
        gx[n][cx][u][v] += w[o][c][i][j] * g[n][o][r][s]
        gw[o][c][i][j] += x[n][cx][u][v] * g[n][o][r][s]
    return gx, gw, gb


def elementwise(f, *arrays):
    if not isinstance(arrays[0], list):
        return f(*arrays)
    return [elementwise(f, *inner) for inner in zip(*arrays)]


def pool(x):
    """The largest of each 3 x 3 window, stride 2, and where it is (the first in reading order)."""
    rows, columns = (len(x[0][0]) - 3) // 2 + 1, (len(x[0][0][0]) - 3) // 2 + 1
    y, where = zeros(len(x), len(x[0]), rows, columns), {}
    for n in range(len(x)):
        for c in range(len(x[0])):
            for r in range(rows):
                for s in range(columns):
                    window = [(2 * r + i, 2 * s + j) for i in range(3) for j in range(3)]
                    best = max(window, key=lambda at: x[n][c][at[0]][at[1]])
                    y[n][c][r][s] = x[n][c][best[0]][best[1]]
                    where[n, c, r, s] = best
    return y, where


def channel(x, c):
    return [v for item in x for v in flat(item[c])]


def forward(weights):
    """The loss and all that the way back needs."""
    a = convolve(IMAGES, weights["conv1.weight"], weights["conv1.bias"], 2, 2, 1)
    rectified = elementwise(lambda v: max(v, 0.0), a)
    pooled, where = pool(rectified)
    b = convolve(pooled, weights["conv2.weight"], weights["conv2.bias"], 1, 1, 2)
    channels, side = len(b[0]), len(b[0][0])
    count = ITEMS * side * side
    means = [math.fsum(channel(b, c)) / count for c in range(channels)]
    variances = [math.fsum((v - means[c]) ** 2 for v in channel(b, c)) / count for c in range(channels)]
    hat, normal = zeros(ITEMS, channels, side, side), zeros(ITEMS, channels, side, side)
    response, scale = zeros(ITEMS, channels, side, side), zeros(ITEMS, channels, side, side)
    places = [(n, c, r, s) for n in range(ITEMS) for c in range(channels) for r in range(side) for s in range(side)]
    for n, c, r, s in places:
        hat[n][c][r][s] = (b[n][c][r][s] - means[c]) / math.sqrt(variances[c] + EPSILON)
        normal[n][c][r][s] = hat[n][c][r][s] * weights["bn.weight"][c] + weights["bn.bias"][c]
    for n, c, r, s in places:
        near = range(max(0, c - SIZE // 2), min(channels, c + SIZE // 2 + 1))
        scale[n][c][r][s] = K + ALPHA * math.fsum(normal[n][d][r][s] ** 2 for d in near)
        response[n][c][r][s] = normal[n][c][r][s] * scale[n][c][r][s] ** -BETA
    vectors = [flat(item) for item in response]
    logits = [
        [math.fsum(p * q for p, q in zip(row, vector)) + bias for row, bias in zip(weights["head.weight"], weights["head.bias"])]
        for vector in vectors
    ]
    shares = []
    loss = 0.0
    for row, label in zip(logits, LABELS):
        top = max(row)
        total = math.fsum(math.exp(v - top) for v in row)
        shares.append([math.exp(v - top) / total for v in row])
        loss += (math.log(total) + top - row[label]) / ITEMS
    return loss, (a, rectified, pooled, where, b, means, variances, hat, normal, scale, vectors, shares, places)


def gradients(weights, kept):
    a, rectified, pooled, where, b, means, variances, hat, normal, scale, vectors, shares, places = kept
    channels, side, count = len(b[0]), len(b[0][0]), ITEMS * len(b[0][0]) ** 2
    out = {}
    g_logits = [[(p - (k == label)) / ITEMS for k, p in enumerate(row)] for row, label in zip(shares, LABELS)]
    out["head.weight"] = [
        [math.fsum(g_logits[n][k] * vectors[n][i] for n in range(ITEMS)) for i in range(24)] for k in range(CLASSES)
    ]
    out["head.bias"] = [math.fsum(g_logits[n][k] for n in range(ITEMS)) for k in range(CLASSES)]
    g_response = [
        shaped([math.fsum(g_logits[n][k] * weights["head.weight"][k][i] for k in range(CLASSES)) for i in range(24)], [6, 2, 2])
        for n in range(ITEMS)
    ]
    # response c depends on normal d through its own factor (d = c) and through the scale of every neighbour
    g_normal = zeros(ITEMS, channels, side, side)
    for n, c, r, s in places:
        g_normal[n][c][r][s] += g_response[n][c][r][s] * scale[n][c][r][s] ** -BETA
        for d in range(max(0, c - SIZE // 2), min(channels, c + SIZE // 2 + 1)):
            slope = -BETA * scale[n][c][r][s] ** (-BETA - 1) * 2 * ALPHA * normal[n][d][r][s]
            g_normal[n][d][r][s] += g_response[n][c][r][s] * normal[n][c][r][s] * slope
    out["bn.weight"] = [math.fsum(p * q for p, q in zip(channel(g_normal, c), channel(hat, c))) for c in range(channels)]
    out["bn.bias"] = [math.fsum(channel(g_normal, c)) for c in range(channels)]
    g_b = zeros(ITEMS, channels, side, side)
    for c in range(channels):
        deviation = math.sqrt(variances[c] + EPSILON)
        g_hat = [v * weights["bn.weight"][c] for v in channel(g_normal, c)]
        centred = [v - means[c] for v in channel(b, c)]
        g_variance = math.fsum(p * q for p, q in zip(g_hat, centred)) * -0.5 * deviation**-3
        g_mean = -math.fsum(g_hat) / deviation - 2 * g_variance * math.fsum(centred) / count
        values = iter([p / deviation + g_variance * 2 * q / count + g_mean / count for p, q in zip(g_hat, centred)])
        for n in range(ITEMS):
            for r in range(side):
                for s in range(side):
                    g_b[n][c][r][s] = next(values)
    g_pooled, out["conv2.weight"], out["conv2.bias"] = convolve_back(pooled, weights["conv2.weight"], g_b, 1, 1, 2)
    g_a = zeros(ITEMS, 4, len(a[0][0]), len(a[0][0][0]))
    for (n, c, r, s), (u, v) in where.items():
        if a[n][c][u][v] > 0:
            g_a[n][c][u][v] += g_pooled[n][c][r][s]
    _, out["conv1.weight"], out["conv1.bias"] = convolve_back(IMAGES, weights["conv1.weight"], g_a, 2, 2, 1)
    return out


def check_by_differences(weights, exact):
    """Every gradient against the central difference in its largest element."""
    for name in SHAPES:
        values, slopes = flat(weights[name]), flat(exact[name])
        at = max(range(len(slopes)), key=lambda i: abs(slopes[i]))
        h = 1e-5

        def loss_at(change):
            moved = list(values)
            moved[at] += change
            return forward({**weights, name: shaped(moved, SHAPES[name][0])})[0]

        difference = (loss_at(h) - loss_at(-h)) / (2 * h)
        # conv2.bias goes into batch normalisation, which takes it out again
        assert abs(difference - slopes[at]) < 1e-8, (name, difference, slopes[at])


def main():
    weights = first_weights()
    velocity = {name: shaped([0.0] * math.prod(shape), shape) for name, (shape, _) in SHAPES.items()}
    running_mean, running_variance = [0.0] * 6, [1.0] * 6
    losses, first = [], None
    for _ in range(STEPS):
        loss, kept = forward(weights)
        g = gradients(weights, kept)
        if first is None:
            first = g
            check_by_differences(weights, g)
        losses.append(loss)
        means, variances = kept[5], kept[6]
        count = ITEMS * 4
        running_mean = [(1 - RUNNING) * r + RUNNING * m for r, m in zip(running_mean, means)]
        running_variance = [(1 - RUNNING) * r + RUNNING * v * count / (count - 1) for r, v in zip(running_variance, variances)]
        for name in weights:
            velocity[name] = elementwise(
                lambda v, w, d: MOMENTUM * v - DECAY * RATE * w - RATE * d, velocity[name], weights[name], g[name]
            )
            weights[name] = elementwise(lambda w, v: w + v, weights[name], velocity[name])
    golden = {
        "losses": losses,
        "gradients": {name: flat(g) for name, g in first.items()},
        "running_mean": running_mean,
        "running_var": running_variance,
        "head.weight": flat(weights["head.weight"]),
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
    print(losses)


main()
