// Scattering of image batches, and the construction of its filters, beside what kymatio was measured at.
import { rotoTranslation2d, scattering2d } from '@scatterlab/scattering'
import { filterBank1d, filterBank2d } from '@scatterlab/wavelets'
import { type Group, noiseTensor } from './context.ts'

/** 128-bit peak (GFLOP/s) of the core on which kymatio was measured, PyTorch 1.13, one thread. */
const KYMATIO_PEAK = 58.6

const cases = [
  { side: 32, scales: 2, batch: 128, kymatio: 850 },
  { side: 32, scales: 2, batch: 384, kymatio: 887, channels: 3 },
  { side: 32, scales: 3, batch: 128, kymatio: 373 },
  { side: 64, scales: 3, batch: 64, kymatio: 152 },
  { side: 128, scales: 4, batch: 16, kymatio: 34 },
  { side: 256, scales: 5, batch: 8, kymatio: 7.6 },
]

/** Roto-translation scattering, timed in turn with plain scattering of the same order. */
const rotations = [
  { side: 32, scales: 3, batch: 64 },
  { side: 64, scales: 4, batch: 16 },
]

/** Planes per second; filters and plans are made before. */
export const scattering: Group = async function* ({ backend, threads }) {
  for (const { side, scales, batch, kymatio, channels } of cases) {
    const transform = scattering2d({ shape: [side, side], scales, backend })
    const shape = channels ? [batch / channels, channels, side, side] : [batch, side, side]
    const images = noiseTensor(shape, backend)
    yield {
      group: 'scattering',
      name: `scattering J=${scales} L=8 ${side}x${side} batch ${channels ? `${batch / channels}x${channels}` : batch}`,
      unit: channels ? 'planes/s' : 'images/s',
      units: batch,
      ours: () => backend.release(transform.apply(images).buffer),
      ...(threads === 1 ? { quoted: { name: 'kymatio on PyTorch', value: kymatio, peak: KYMATIO_PEAK } } : {}),
      close: () => {
        transform.dispose()
        backend.release(images.buffer)
      },
    }
  }
  for (const { side, scales, batch } of rotations) {
    const [ours, plain] = [rotoTranslation2d, scattering2d].map((make) =>
      make({ shape: [side, side], scales, backend }),
    )
    const images = noiseTensor([batch, side, side], backend)
    yield {
      group: 'scattering',
      name: `roto-translation J=${scales} L=8 ${side}x${side} batch ${batch}`,
      unit: 'images/s',
      units: batch,
      ours: () => backend.release(ours.apply(images).buffer),
      peer: { name: 'plain scattering of order 2', run: () => backend.release(plain.apply(images).buffer) },
      close: () => {
        for (const transform of [ours, plain]) transform.dispose()
        backend.release(images.buffer)
      },
    }
  }
  if (threads > 1) return
  yield {
    group: 'scattering',
    name: 'filters 256x256 J=5 L=8',
    unit: 'ms',
    ours: () => {
      const bank = filterBank2d({ shape: [320, 320], scales: 5, threshold: 1e-7 })
      for (const psi of bank.psi) for (let level = 0; level <= Math.min(psi.scale, 3); level++) psi.atLevel(level)
      for (let level = 0; level < 5; level++) bank.phi.atLevel(level)
    },
    quoted: { name: 'kymatio', value: 13_530, peak: KYMATIO_PEAK },
  }
  yield {
    group: 'scattering',
    name: 'filters 65536 J=12 Q=16',
    unit: 'ms',
    ours: () => {
      for (const waveletsPerOctave of [16, 1]) {
        const bank = filterBank1d({ length: 2 ** 17, scales: 12, waveletsPerOctave, threshold: 1e-7 })
        for (const psi of bank.psi) for (let level = 0; level <= Math.min(psi.j, 12); level++) psi.atLevel(level)
        for (let level = 0; level <= 12; level++) bank.phi.atLevel(level)
      }
    },
    quoted: { name: 'kymatio', value: 2_690, peak: KYMATIO_PEAK },
  }
}
