// A training step of conv 5×5×32, relu, pool, conv 5×5×64, relu, pool, fc 512, fc 10 on 28×28 images, bare operations of the
// back end: `taskset -c 1 node packages/wasm/bench/training-step.ts [--plain] [--threads N]`. PyTorch took 136 ms on one thread
// of a core with a 128-bit peak of 58.6 GFLOP/s (its own peak was twice that).
import type { View } from '@scatterlab/tensor'
import { type WasmBackend, createWasmBackend } from '../src/backend.ts'
import { measurePeak } from '../src/calibration.ts'
import { single } from '../src/tile.ts'

const plain = process.argv.includes('--plain')
const threads = process.argv.includes('--threads') ? Number(process.argv[process.argv.indexOf('--threads') + 1]) : 1
const backend: WasmBackend = createWasmBackend({ threads, deterministic: plain })
await backend.start()
const BATCH = 128

let seed = 1
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return seed / 2 ** 31 - 1
}

/** A contiguous view of random numbers up to `size`. */
function view(size: number, ...shape: number[]): View {
  const length = shape.reduce((a, b) => a * b)
  const buffer = backend.adopt(Float32Array.from({ length }, () => size * random()))
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  return { buffer, dtype: 'float32', shape, strides, offset: 0, imagStride: 0 }
}
const reshaped = (x: View, ...shape: number[]): View => ({
  ...view(0, 1),
  buffer: x.buffer,
  shape,
  strides: shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)),
})
const transposed = (x: View): View => ({ ...x, shape: x.shape.toReversed(), strides: x.strides.toReversed() })
const rows = (x: View, count: number): View => ({ ...x, shape: [count, ...x.shape], strides: [0, ...x.strides] })

interface Parameter {
  readonly w: View
  readonly gradient: View
  readonly velocity: View
}
const parameter = (size: number, ...shape: number[]): Parameter => ({
  w: view(size, ...shape),
  gradient: view(0, ...shape),
  velocity: view(0, ...shape),
})

const [w1, b1] = [parameter(0.2, 32, 1, 5, 5), parameter(0, 32)]
const [w2, b2] = [parameter(0.05, 64, 32, 5, 5), parameter(0, 64)]
const [w3, b3] = [parameter(0.03, 3136, 512), parameter(0, 512)]
const [w4, b4] = [parameter(0.05, 512, 10), parameter(0, 10)]
const x = view(1, BATCH, 1, 28, 28)
const labels = Int32Array.from({ length: BATCH }, (_, n) => n % 10)
const [a1, gradA1] = [view(0, BATCH, 32, 28, 28), view(0, BATCH, 32, 28, 28)]
const [p1, gradP1] = [view(0, BATCH, 32, 14, 14), view(0, BATCH, 32, 14, 14)]
const [a2, gradA2] = [view(0, BATCH, 64, 14, 14), view(0, BATCH, 64, 14, 14)]
const [p2, gradP2] = [view(0, BATCH, 64, 7, 7), view(0, BATCH, 64, 7, 7)]
const [flat, gradFlat] = [reshaped(p2, BATCH, 3136), reshaped(gradP2, BATCH, 3136)]
const [h, gradH] = [view(0, BATCH, 512), view(0, BATCH, 512)]
const [logits, gradLogits, losses] = [view(0, BATCH, 10), view(0, BATCH, 10), view(0, BATCH)]
const window = { padding: 2 }
const pool = { size: 2 }

const parts = new Map<string, number[]>()
/** Runs a part of the step and notes its time. */
function part(name: string, run: () => void): void {
  const before = performance.now()
  run()
  const times = parts.get(name) ?? []
  times.push(performance.now() - before)
  parts.set(name, times)
}

function step(): void {
  part('conv1', () => backend.conv2d(x, w1.w, a1, { ...window, bias: b1.w }))
  part('relu1', () => backend.relu(a1, a1))
  part('pool1', () => backend.maxPool(a1, p1, pool))
  part('conv2', () => backend.conv2d(p1, w2.w, a2, { ...window, bias: b2.w }))
  part('relu2', () => backend.relu(a2, a2))
  part('pool2', () => backend.maxPool(a2, p2, pool))
  part('fc1', () => backend.matmul(flat, w3.w, h))
  part('fc bias, relu, fc2, loss', () => {
    backend.zip('add', h, rows(b3.w, BATCH), h)
    backend.relu(h, h)
    backend.matmul(h, w4.w, logits)
    backend.zip('add', logits, rows(b4.w, BATCH), logits)
    backend.softmaxCrossEntropy(logits, labels, losses, gradLogits)
    backend.matmul(transposed(h), gradLogits, w4.gradient)
    backend.reduce('sum', gradLogits, [0], reshaped(b4.gradient, 1, 10))
    backend.matmul(gradLogits, transposed(w4.w), gradH)
    backend.reluGradient(h, gradH, gradH)
    backend.reduce('sum', gradH, [0], reshaped(b3.gradient, 1, 512))
  })
  part('fc1 weights', () => backend.matmul(transposed(flat), gradH, w3.gradient))
  part('fc1 input', () => backend.matmul(gradH, transposed(w3.w), gradFlat))
  part('pool2 gradient', () => backend.maxPoolGradient(a2, p2, gradP2, gradA2, pool))
  part('relu2 gradient', () => backend.reluGradient(a2, gradA2, gradA2))
  part('conv2 bias', () => backend.reduce('sum', gradA2, [0, 2, 3], reshaped(b2.gradient, 1, 64, 1, 1)))
  part('conv2 weights', () => backend.conv2dWeightsGradient(p1, gradA2, w2.gradient, window))
  part('conv2 input', () => backend.conv2dInputGradient(gradA2, w2.w, gradP1, window))
  part('pool1 gradient', () => backend.maxPoolGradient(a1, p1, gradP1, gradA1, pool))
  part('relu1 gradient', () => backend.reluGradient(a1, gradA1, gradA1))
  part('conv1 bias', () => backend.reduce('sum', gradA1, [0, 2, 3], reshaped(b1.gradient, 1, 32, 1, 1)))
  part('conv1 weights', () => backend.conv2dWeightsGradient(x, gradA1, w1.gradient, window))
  part('update', () => {
    for (const { w, velocity, gradient } of [w1, b1, w2, b2, w3, b3, w4, b4])
      backend.sgdUpdate(w, velocity, gradient, { rate: 0.01 / BATCH, momentum: 0.9, decay: 0.0005 })
  })
}

const flops = BATCH * 2 * (2 * 784 * 32 * 25 + 3 * 196 * 64 * 800 + 3 * 3136 * 512 + 3 * 512 * 10)
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!
for (let i = 0; i < 8; i++) step()
parts.clear()
const tile = { precision: single, rows: 6, vectors: 2, relaxed: !plain }
const [times, peaks]: [number[], number[]] = [[], []]
for (let i = 0; i < 15; i++) {
  peaks.push(measurePeak(tile, 30))
  const before = performance.now()
  step()
  times.push(performance.now() - before)
}
const [peak, best] = [median(peaks), Math.min(...times)]
const pytorch = (136 * 58.6) / peak
console.log(backend.description)
console.log(
  `step: median ${median(times).toFixed(1)} ms, best ${best.toFixed(1)} ms; ${(flops / 1e9).toFixed(2)} GFLOP, ` +
    `${((100 * flops) / median(times) / 1e6 / peak).toFixed(0)} % (best ${((100 * flops) / best / 1e6 / peak).toFixed(0)} %) of ` +
    `${peak.toFixed(1)} GFLOP/s; ${(median(times) / pytorch).toFixed(2)} (best ${(best / pytorch).toFixed(2)}) times ` +
    `PyTorch's ${pytorch.toFixed(0)} ms at this peak; mean loss ${(Array.from(losses.buffer.data!).reduce((a, b) => a + b) / BATCH).toFixed(3)}`,
)
for (const [name, of] of parts)
  console.log(`  ${name.padEnd(26)} ${median(of).toFixed(2)} ms, best ${Math.min(...of).toFixed(2)}`)
if (backend.declined.size > 0) console.log('declined:', Object.fromEntries(backend.declined))
