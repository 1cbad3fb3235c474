// Scattering of signals, in time and jointly in time and log-frequency, and of images forward and backward, beside what kymatio was measured at.
import { scattering1d, scattering2d, timeFrequencyScattering } from '@scatterlab/scattering'
import { type Tensor, onBackend, square, sub, sum, valueAndGrad } from '@scatterlab/tensor'
import { type Group, noiseTensor } from './context.ts'

/** 128-bit peak (GFLOP/s) of the core on which kymatio was measured, one thread. */
const KYMATIO_PEAK = 58.6

/** Signals per second of its better back end, PyTorch 1.13, in batches of 32 and of 4. */
const signalCases = [
  { length: 8192, scales: 8, waveletsPerOctave: 8, batch: 32, kymatio: 67.88 },
  { length: 8192, scales: 8, waveletsPerOctave: 8, batch: 1, kymatio: 67.88 },
  { length: 8192, scales: 8, waveletsPerOctave: 12, batch: 32, kymatio: 45.56 },
  { length: 65536, scales: 12, waveletsPerOctave: 16, batch: 4, kymatio: 2.89 },
]

/** Images per second, forward and backward, with the loss ‖S x − t‖². */
const imageCases = [
  { side: 32, scales: 2, batch: 128, kymatio: 318.9 },
  { side: 256, scales: 5, batch: 8, kymatio: 1.63 },
]

export const signals: Group = async function* ({ backend, threads }) {
  const quoted = (value: number) =>
    threads === 1 ? { quoted: { name: 'kymatio on PyTorch', value, peak: KYMATIO_PEAK } } : {}
  for (const { batch, kymatio, ...options } of signalCases) {
    for (const sampling of ['kymatio', 'bandwidth'] as const) {
      const transform = scattering1d({ ...options, sampling, backend })
      const x = noiseTensor([batch, options.length], backend)
      const { length, scales, waveletsPerOctave } = options
      yield {
        group: 'signals',
        name: `scattering J=${scales} Q=${waveletsPerOctave} ${length} batch ${batch}${sampling === 'kymatio' ? '' : ', sampled by bandwidth'}`,
        unit: 'signals/s',
        units: batch,
        ours: () => backend.release(transform.apply(x).buffer),
        ...quoted(kymatio),
        close: () => {
          transform.dispose()
          backend.release(x.buffer)
        },
      }
    }
  }
  const joint = timeFrequencyScattering({ length: 8192, scales: 8, waveletsPerOctave: 8, frequencyScales: 3, backend })
  const x = noiseTensor([4, 8192], backend)
  yield {
    group: 'signals',
    name: 'joint time-frequency J=8 Q=8 J_fr=3 8192 batch 4',
    unit: 'signals/s',
    units: 4,
    ours: () => backend.release(joint.apply(x).buffer),
    ...quoted(2.19),
    close: () => {
      joint.dispose()
      backend.release(x.buffer)
    },
  }
  for (const { side, scales, batch, kymatio } of imageCases) {
    const transform = scattering2d({ shape: [side, side], scales, backend })
    const images = noiseTensor([batch, side, side], backend)
    const target = onBackend(transform.apply(noiseTensor([batch, side, side], backend)), backend)
    const loss = valueAndGrad((at: Tensor) => sum(square(sub(transform.apply(at), target))))
    yield {
      group: 'signals',
      name: `scattering forward and backward J=${scales} L=8 ${side}x${side} batch ${batch}`,
      unit: 'images/s',
      units: batch,
      ours: () => {
        const { value, gradient } = loss(images)
        for (const { buffer } of [value, gradient]) backend.release(buffer)
      },
      ...quoted(kymatio),
      close: () => {
        transform.dispose()
        for (const { buffer } of [images, target]) backend.release(buffer)
      },
    }
  }
}
