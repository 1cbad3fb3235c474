// Fourier transforms: planes in batches that lie innermost, real images one after the other, and long single lines.
import * as operations from '@scatterlab/tensor/operations'
import { type Backend, type Tensor, type View, complexOf, empty, rfft2 } from '@scatterlab/tensor'
import { fftJs, pffft } from '../peers.ts'
import { type Group, noiseTensor } from './context.ts'

/** Transforms per second, by 5 N log2 N operations each. */
export const fft: Group = async function* ({ backend, threads }) {
  for (const n of [32, 40, 48, 64, 80, 160, 256, 272, 320, 331]) {
    const lanes = Math.max(4, backend.laneStep)
    const x = planes(n, lanes, backend)
    const flops = lanes * 5 * n * n * Math.log2(n * n)
    const base = {
      group: 'fft',
      name: `FFT ${n}x${n} in place, ${lanes} at a time`,
      unit: 'transforms/s',
      units: lanes,
      flops,
      ours: () => {
        operations.fft(backend, x, x, 2, -1)
        operations.fft(backend, x, x, 1, -1)
      },
    }
    yield threads === 1 && Number.isInteger(Math.log2(n))
      ? { ...base, peer: { name: 'fft.js', run: await planeOfFftJs(n, lanes) } }
      : base
  }
  for (const n of [256, 480, 512]) {
    const x = noiseTensor([n, n], backend)
    yield {
      group: 'fft',
      name: `rfft2 ${n}x${n}`,
      unit: 'transforms/s',
      units: 1,
      flops: 2.5 * n * n * Math.log2(n * n),
      ours: () => backend.release(rfft2(x).buffer),
    }
  }
  for (const n of [44_100, 2 ** 20]) {
    const x = noiseTensor([n, 2], backend).asComplex()
    const out = empty([n], { dtype: complexOf(x.dtype), backend })
    yield {
      group: 'fft',
      name: `FFT ${n}, single`,
      unit: 'transforms/s',
      units: 1,
      flops: 5 * n * Math.log2(n),
      ours: () => operations.fft(backend, x, out, 0, -1),
    }
  }
  for (const n of [8192, 65_536]) {
    for (const count of [1, 4]) {
      const x = noiseTensor([count, n, 2], backend).asComplex()
      const out = empty([count, n], { dtype: complexOf(x.dtype), backend })
      const single = await pffft(n)
      yield {
        group: 'fft',
        name: `FFT ${n}, ${count === 1 ? 'single' : `${count} at a time`}`,
        unit: 'transforms/s',
        units: count,
        flops: count * 5 * n * Math.log2(n),
        ours: () => operations.fft(backend, x, out, 1, -1),
        peer: {
          name: 'pffft-wasm',
          run: () => {
            for (let i = 0; i < count; i++) single()
          },
        },
      }
    }
  }
}

/** Complex planes [lanes, n, n], lanes innermost; of zeros, which take the same time and stay finite in place. */
function planes(n: number, lanes: number, backend: Backend): View {
  const store: Tensor = empty([2 * lanes * n * n], { backend })
  return {
    buffer: store.buffer,
    dtype: complexOf(store.dtype),
    shape: [lanes, n, n],
    strides: [1, 2 * lanes * n, 2 * lanes],
    offset: 0,
    imagStride: lanes,
  }
}

/** A plane by fft.js: rows, then columns gathered and put back. */
async function planeOfFftJs(n: number, count: number): Promise<() => void> {
  const transform = await fftJs(n)
  const rows = Array.from({ length: n }, () => transform.createComplexArray())
  for (const row of rows) for (let i = 0; i < row.length; i++) row[i] = Math.sin(i)
  const across = Array.from({ length: n }, () => transform.createComplexArray())
  const [column, result] = [transform.createComplexArray(), transform.createComplexArray()]
  return () => {
    for (let plane = 0; plane < count; plane++) {
      for (let y = 0; y < n; y++) transform.transform(across[y], rows[y])
      for (let x = 0; x < n; x++) {
        for (let y = 0; y < n; y++) {
          column[2 * y] = across[y][2 * x]
          column[2 * y + 1] = across[y][2 * x + 1]
        }
        transform.transform(result, column)
        for (let y = 0; y < n; y++) {
          across[y][2 * x] = result[2 * y]
          across[y][2 * x + 1] = result[2 * y + 1]
        }
      }
    }
  }
}
