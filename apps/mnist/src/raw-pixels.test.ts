// Logistic regression on pixels as they are: the hard case, whose optimum an independent program has found.
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import { errorCount, logistic } from '@scatterlab/learn'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'

test(
  'raw digits at λ = 1e-3: the objective and the errors of scipy at full convergence',
  { timeout: 60_000 },
  async () => {
    const { train, test: unseen } = await mnistSample()
    const raw = ({ images, labels }: typeof train) => ({
      data: Float64Array.from(images.data),
      shape: [labels.length, 784],
    })
    const fitted = await logistic(raw(train), train.labels, { penalty: 1e-3, backend: createWasmBackend() })
    expect(fitted.converged).toBe(true)
    // scipy 1.17, L-BFGS-B after 3,000 iterations: 2.87e-5, 177 errors
    expect(Math.abs(fitted.objective - 2.87e-5)).toBeLessThan(0.005e-5)
    const { errors } = errorCount(await fitted.predict(raw(unseen)), unseen.labels)
    expect(Math.abs(errors - 177)).toBeLessThanOrEqual(4)
  },
)
