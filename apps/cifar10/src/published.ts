// What the slide and the sources behind it print. None of it is measured here.

/** Errors on CIFAR-10 in per cent: a deep network, and scattering without learning. */
export const slide = { deep: 7, scattering: 20 } as const

/** Mean test error in per cent of 200 runs of `airbench94_muon`, six views of each test image (its source, K. Jordan 2024). */
export const deepError = 5.99
