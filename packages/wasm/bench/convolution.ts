// Convolutions as a share of the core's peak, counted as by definition: forward, both gradients; and how much faster all three are than
// on the direct kernels. `taskset -c 1 node packages/wasm/bench/convolution.ts [--plain]`
import { type ConvolutionAlgorithm, convolutionShape } from '@scatterlab/tensor/operations'
import { measurePeak } from '../src/matmul/calibration.ts'
import type { HeapArray } from '../src/memory/heap-array.ts'
import { Convolution } from '../src/convolution/convolution.ts'
import { Heap } from '../src/memory/heap.ts'
import { single } from '../src/assembler/precision.ts'
import { type Tile } from '../src/matmul/tile.ts'

const plain = process.argv.includes('--plain')
const heap = new Heap()
const tile: Tile = { precision: single, rows: plain ? 4 : 6, vectors: 2, relaxed: !plain }
const convolution = new Convolution(heap, tile)

function array(...shape: number[]): HeapArray {
  const length = shape.reduce((a, b) => a * b)
  const address = heap.allocate(4 * length)
  const numbers = heap.float32(address, length)
  for (let i = 0; i < length; i++) numbers[i] = ((i * 7919) % 1013) / 506 - 1
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 4))
  return { address, shape, strides }
}

function milliseconds(run: () => void): number {
  for (const start = performance.now(); performance.now() - start < 300;) run()
  const times = Array.from({ length: 9 }, () => {
    const before = performance.now()
    run()
    return performance.now() - before
  })
  return Math.min(...times)
}

/** [in, out, window, stride, padding, size, batch] */
const cases = [
  [1, 32, 5, 1, 2, 28, 128],
  [32, 64, 5, 1, 2, 14, 128],
  [3, 96, 3, 1, 1, 32, 32],
  [96, 96, 3, 1, 1, 32, 16],
  [16, 16, 3, 1, 1, 32, 64],
  [64, 64, 3, 1, 1, 8, 128],
  [3, 64, 11, 4, 2, 224, 4],
  [192, 384, 3, 1, 1, 13, 8],
  [64, 128, 4, 2, 1, 16, 32],
]
for (const [inChannels, outChannels, window, stride, padding, size, batch] of cases) {
  const peak = measurePeak(tile, 100)
  const outSize = Math.floor((size + 2 * padding - window) / stride) + 1
  heap.scope(() => {
    const x = array(batch, inChannels, size, size)
    const weights = array(outChannels, inChannels, window, window)
    const out = array(batch, outChannels, outSize, outSize)
    const gradX = array(batch, inChannels, size, size)
    const gradWeights = array(outChannels, inChannels, window, window)
    const view = ({ shape }: HeapArray) => ({ shape }) as Parameters<typeof convolutionShape>[0]
    const shapeFor = (algorithm: ConvolutionAlgorithm) =>
      convolutionShape(view(x), view(weights), view(out), { stride, padding, algorithm })
    const flops = 2 * batch * outSize ** 2 * outChannels * inChannels * window ** 2
    const timesOf = (algorithm: ConvolutionAlgorithm): number[] => {
      const shape = shapeFor(algorithm)
      return [
        () => convolution.forward(shape, x, weights, out),
        () => convolution.inputGradient(shape, out, weights, gradX),
        () => convolution.weightsGradient(shape, x, out, gradWeights),
      ].map(milliseconds)
    }
    const [times, direct] = [timesOf('fastest'), timesOf('direct')]
    const sum = (ms: readonly number[]): number => ms.reduce((a, b) => a + b, 0)
    const share = (ms: number): string => `${ms.toFixed(2)} ms ${((100 * flops) / ms / 1e6 / peak).toFixed(0)} %`
    console.log(
      `${inChannels}->${outChannels} k${window} s${stride} ${size} b${batch}: forward ${share(times[0])}, input ${share(times[1])}, ` +
        `weights ${share(times[2])}, all three ${((300 * flops) / sum(times) / 1e6 / peak).toFixed(0)} % of ${peak.toFixed(1)} GFLOP/s, ` +
        `${(sum(direct) / sum(times)).toFixed(2)} times the direct kernels`,
    )
  })
}
