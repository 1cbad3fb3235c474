// Time-Frequency Fibers: scattering in time, and jointly in time and log-frequency, of spoken digits; what joint scattering sees that plain
// scattering cannot. Knows no files and no page, so that both can run it.
import { type Recordings, spokenDigits } from '@scatterlab/datasets'
import { errorCount } from '@scatterlab/learn'
import { type Experiment, type Phase, errorRow, experiment, grouped } from '@scatterlab/repro'
import { type Scattering1d, scattering1d, timeFrequencyScattering } from '@scatterlab/scattering'
import type { ShapedArray } from '@scatterlab/tensor'
import { CHIRP_LENGTH, apart, falling, rising } from './chirps.ts'
import { type Known, type Method, logisticRegression, speakersLeftOut, vectorMachine } from './classify.ts'
import { type Features, meansOverTime, stretches } from './features.ts'
import { scalogram, spinPlot } from './pictures.ts'
import { type Extent, LENGTH, firstTakes, framed } from './recordings.ts'

/** How much is learned from. */
export interface Budget {
  /** Training takes of each speaker and digit, of 45. */
  readonly takes: number
  /** Whether joint scattering is computed too, which takes many times as long. */
  readonly joint: boolean
}

const RATE = 8000
/** J, and wavelets per octave: kymatio's example; joint scattering has fewer. */
const SCALES = 8
const [Q, JOINT_Q] = [12, 8]

/** Features of training and test recordings, and what is learned of them. */
interface Representation {
  readonly name: string
  readonly method: Method
  readonly train: Features
  readonly test: Features
  /** Errors in per cent that somebody else published. */
  readonly paper?: number
}

const audio: Experiment<Budget> = experiment<Budget>({
  name: 'audio',
  slide: 'Time-Frequency Fibers',
  claim: 'time-frequency convolutions, applied to audio classification',
  budgets: { quick: { takes: 5, joint: true }, full: { takes: 45, joint: true } },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, log, signal, output }) {
    const set = await progress.during('data', () => spokenDigits({ folder: dataFolder, signal }))
    const train = firstTakes(set.train, budget.takes)
    const count = train.labels.length
    output.describe({
      data: set.source,
      protocol:
        `${grouped(count)} training recordings of ${new Set(train.speakers).size} speakers (${budget.takes} takes of each digit), tested on the ` +
        `${grouped(set.test.labels.length)} of the official split, whose speakers are the same; also each speaker by what the others' training ` +
        'recordings teach; signals of 8,192 samples, peak 1, J = 8; plain scattering Q = 12, joint Q = 8, J_fr = 3; ' +
        'logarithms of means over five stretches of a recording, standardised; SVM with a Gaussian kernel, C = 10, γ by the errors on a ' +
        "fifth of the training recordings, drawn by the seed; kymatio's protocol: means over time of logarithms, logistic regression",
    })

    // what joint scattering sees: a chirp that rises, and the same one that falls
    const common = { length: CHIRP_LENGTH, scales: SCALES, waveletsPerOctave: 8, averaging: 'global', backend } as const
    const chirps = { data: Float32Array.from([...rising, ...falling]), shape: [2, CHIRP_LENGTH] }
    const both = ({ data, shape: [, paths] }: ShapedArray) => [data.subarray(0, paths), data.subarray(paths)] as const
    await progress.during('chirps', async () => {
      const plain = scattering1d({ ...common, maxOrder: 2 })
      number(
        'distance of a rising and a falling chirp',
        'orders 1 and 2',
        apart(...both(await plain.transformAsync(chirps))),
      )
      const joint = timeFrequencyScattering({
        ...common,
        frequencyScales: 3,
        frequencyAveraging: 'global',
        sampleRate: RATE,
      })
      const [up, down] = both(await joint.transformAsync(chirps))
      number('distance of a rising and a falling chirp', 'joint', apart(up, down))
      const energy = (S: ArrayLike<number>, spin: number): number =>
        joint.paths.reduce((sum, p) => sum + (p.order === 2 && p.spin === spin ? S[p.index] ** 2 : 0), 0)
      number('energy of spin 1 over that of spin −1', 'joint, rising chirp', energy(up, 1) / energy(up, -1))
      number('energy of spin 1 over that of spin −1', 'joint, falling chirp', energy(down, 1) / energy(down, -1))
      await output.figure('spins', spinPlot(joint.paths, up, down), 'Each spin answers to one direction.')
      for (const transform of [plain, joint]) transform.dispose()
    })

    const raw = scattering1d({
      length: LENGTH,
      scales: SCALES,
      waveletsPerOctave: 24,
      maxOrder: 1,
      averaging: 64,
      backend,
    })
    for (const digit of [3, 7]) await drawScalogram(raw, train, digit)
    raw.dispose()

    // Φ(x) = (S[p]x)_p, then a classifier
    const plain = scattering1d({ length: LENGTH, scales: SCALES, waveletsPerOctave: Q, backend })
    const [known, unseen] = await progress.during(
      'scattering',
      (phase) => ofBoth(plain, phase),
      count + set.test.labels.length,
    )
    const upTo = (order: number): number[] =>
      plain.paths.flatMap((p) => (p.order >= 1 && p.order <= order ? [p.index] : []))
    const kymatio = [known, unseen].map(({ S }) => meansOverTime(S, upTo(2)))
    const representations: Representation[] = [
      {
        name: "orders 1 and 2, kymatio's protocol",
        method: logisticRegression,
        train: kymatio[0],
        test: kymatio[1],
        paper: 2,
      },
      { name: 'order 1', method: vectorMachine, ...inStretches(upTo(1), known, unseen) },
      { name: 'orders 1 and 2', method: vectorMachine, ...inStretches(upTo(2), known, unseen) },
    ]
    plain.dispose()
    if (budget.joint) {
      const joint = timeFrequencyScattering({
        length: LENGTH,
        scales: SCALES,
        waveletsPerOctave: JOINT_Q,
        frequencyScales: 3,
        backend,
      })
      const [seen, left] = await progress.during(
        'joint scattering',
        (phase) => ofBoth(joint, phase),
        count + set.test.labels.length,
      )
      const paths = joint.paths.flatMap((p) => (p.order >= 1 ? [p.index] : []))
      representations.push({ name: 'joint', method: vectorMachine, ...inStretches(paths, seen, left) })
      joint.dispose()
    }

    for (const { name, method, train: features, test, paper } of representations) {
      const own: Known = { features, labels: train.labels }
      const { predicted, chosen } = await progress.during(name, () => method(own, test, { backend, seed, signal }))
      const { errors, count: total } = errorCount(predicted, set.test.labels)
      const settings = { split: 'official', trainingSize: count, features: features.shape[1], ...chosen }
      // kymatio learned from all takes
      const published = budget.takes === 45 && set.canonical ? paper : undefined
      output.row(errorRow({ method: name, settings, count: errors, total, paper: published ?? null }))
      log(`${name}: ${errors} errors of ${total} recordings of known speakers`)
      const speakers = await progress.during(`${name}, speakers left out`, () =>
        speakersLeftOut(method, own, train.speakers, { backend, seed, signal }),
      )
      const sum = (of: (each: (typeof speakers)[0]) => number): number =>
        speakers.reduce((all, each) => all + of(each), 0)
      const [wrong, all] = [sum((each) => each.errors), sum((each) => each.count)]
      output.row(
        errorRow({
          method: name,
          settings: { split: 'speakers left out', trainingSize: count },
          count: wrong,
          total: all,
        }),
      )
      const each = speakers.map((s) => `${s.speaker} ${((100 * s.errors) / s.count).toFixed(1)} %`).join(', ')
      log(`${name}: ${wrong} errors of ${all} recordings of speakers left out (${each})`)
    }

    function number(measure: string, method: string, value: number): void {
      output.row({ measure, method, value: Number(value.toPrecision(4)) })
    }

    async function drawScalogram(
      transform: Scattering1d,
      { signals, labels, speakers }: Recordings,
      digit: number,
    ): Promise<void> {
      const i = labels.indexOf(digit)
      const list = await transform.listAsync(framed([signals[i]]), { signal })
      const title = `The scalogram of “${['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'][digit]}”, spoken by ${speakers[i]}`
      await output.figure(
        `scalogram-${digit}`,
        scalogram(title, list, LENGTH / RATE),
        '|x ⋆ ψ_λ|(t), which both transforms go on from.',
      )
    }

    type Transform = { transformAsync: Scattering1d['transformAsync'] }
    async function ofBoth(transform: Transform, phase: Phase): Promise<readonly [Transformed, Transformed]> {
      return [await transformed(transform, train, phase), await transformed(transform, set.test, phase)]
    }

    async function transformed(transform: Transform, { signals }: Recordings, phase: Phase): Promise<Transformed> {
      const { extents, ...x } = framed(signals)
      const S = await transform.transformAsync(x, { signal, onProgress: ({ images }) => phase.advance(images) })
      return { S, extents }
    }
  },
})

/** Coefficients of recordings, and where these lie in time. */
interface Transformed {
  readonly S: ShapedArray
  readonly extents: readonly Extent[]
}

const inStretches = (paths: readonly number[], known: Transformed, unseen: Transformed) => ({
  train: stretches(known.S, paths, known.extents),
  test: stretches(unseen.S, paths, unseen.extents),
})

export default audio
