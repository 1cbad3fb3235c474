// Complex Image Classification: CIFAR-10 by a deep network, which learns its filters, and by a Φ that learns nothing. Knows no files
// and no page, so that both can run it.
import { cifar10 } from '@scatterlab/datasets'
import { type Experiment, experiment } from '@scatterlab/repro'
import { type DeepBudget, learnDeep } from './deep.ts'

interface Budget {
  readonly deep: DeepBudget
}

const app: Experiment<Budget> = experiment({
  name: 'cifar10',
  slide: 'Complex Image Classification',
  claim: 'CIFAR-10: a deep network makes 7 % of errors; scattering without learning 20 %',
  budgets: {
    quick: { deep: { training: 50_000, testing: 2_000, batch: 128, steps: 20 } },
    full: { deep: { training: 50_000, testing: 10_000, batch: 1_000, steps: 400 } },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { dataFolder, progress, signal, output } = context
    const set = await progress.during('data', () => cifar10({ folder: dataFolder, signal }))
    output.describe({
      data: set.source,
      protocol: 'the deep network, tested once, at the end',
    })

    // a deep network: filters that are learned
    await learnDeep(context, set)
  },
})

export default app
