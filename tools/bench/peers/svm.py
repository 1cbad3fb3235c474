"""scikit-learn's SVC (LIBSVM) on the features of tools/svm-bench.ts: seconds of the fit, the dual objective, support vectors."""
import json
import sys
import time

import numpy as np
from sklearn.svm import SVC

folder, n, d, cost, gamma = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
x = np.fromfile(folder + "/x.f32", np.float32).reshape(n, d).astype(np.float64)
y = np.fromfile(folder + "/y.u8", np.uint8)
start = time.perf_counter()
machine = SVC(C=cost, gamma=gamma, cache_size=1000).fit(x, y)
seconds = time.perf_counter() - start

# Σα − ½βᵀKβ of every pair: row j − 1 of class i's columns, row i of class j's
sv, first = machine.support_vectors_, np.concatenate([[0], np.cumsum(machine.n_support_)])
objective = 0.0
for i in range(len(first) - 1):
    for j in range(i + 1, len(first) - 1):
        own, other = slice(first[i], first[i + 1]), slice(first[j], first[j + 1])
        beta = np.concatenate([machine.dual_coef_[j - 1, own], machine.dual_coef_[i, other]])
        used = beta != 0
        vectors, beta = np.concatenate([sv[own], sv[other]])[used], beta[used]
        square = (vectors**2).sum(1)
        kernel = np.exp(-gamma * np.maximum(0, square[:, None] + square[None] - 2 * vectors @ vectors.T))
        objective += np.abs(beta).sum() - 0.5 * beta @ kernel @ beta
print(json.dumps({"seconds": seconds, "objective": objective, "supportVectors": len(machine.support_)}))
