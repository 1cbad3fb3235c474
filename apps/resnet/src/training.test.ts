// That the thin network learns: it comes to know 64 images by heart.
import { existsSync, rmSync } from 'node:fs'
import { type ColourShape, type LoadedSet, cifar10, take } from '@scatterlab/datasets'
import { fit } from '@scatterlab/nn'
import { sgd } from '@scatterlab/optim'
import { random } from '@scatterlab/tensor'
import { fewOfCifar10 } from '@scatterlab/testing/few-cifar10'
import { createWasmBackend } from '@scatterlab/wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { plainBatches, splitOf, trainingPasses } from './images.ts'
import { cifarResNet } from './resnet.ts'

const folder = process.env.SCATTERLAB_DATA
const absent = !folder || !existsSync(`${folder}/cifar10`)
describe.skipIf(absent)('on CIFAR-10', () => {
  let set: LoadedSet<ColourShape>
  beforeAll(async () => {
    const few = fewOfCifar10(folder!, 64)
    set = await cifar10({ folder: few })
    rmSync(few, { recursive: true })
  })

  it('ResNet-20 learns 64 images by heart', { timeout: 120_000 }, async () => {
    const { train: few, mean } = splitOf(set, { training: 64, held: 0, testing: 0 })
    const net = cifarResNet(20)
    const backend = createWasmBackend()
    const { history } = await fit(net, {
      batches: () => plainBatches(few, mean),
      optimizer: sgd({ rate: 0.05, momentum: 0.9 }),
      backend,
      steps: 20,
      seed: 1,
    })
    expect(history[0].loss).toBeGreaterThan(2)
    expect(history.at(-1)!.loss).toBeLessThan(0.05)
    expect([...backend.declined.keys()]).toEqual([])
  })

  it('draws other crops in every pass and the same for the same stream', async () => {
    const images = { train: take(set.train, 64), mean: new Float32Array(3072) }
    const first = async (seed: string) => {
      const pass = trainingPasses(images, { batch: 32, perPass: 64 }, 1)({ epoch: 0, random: random(seed) })
      return (await pass.next()).value!
    }
    const [a, again, other] = [await first('0'), await first('0'), await first('1')]
    expect(a.images.shape).toEqual([32, 3, 32, 32])
    expect(again).toEqual(a)
    expect(other.images.data).not.toEqual(a.images.data)
  })
})
