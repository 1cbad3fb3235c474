// A spoken digit where the set can be had, else tones that glide, and a sentence that says so.
import { spokenDigits } from '@scatterlab/datasets'

/** A sound of 4,096 samples. */
export interface Speech {
  readonly data: Float32Array
  readonly sampleRate: number
  readonly source: string
}

const LENGTH = 4096
const RATE = 8000
/** "Seven" by one of the speakers. */
const [DIGIT, SPEAKER] = [7, 'theo']

/** The sound; a folder of data that lacks the recordings, and the folder `sample`, give the tones. */
export async function speech(folder: string | undefined, signal: AbortSignal): Promise<Speech> {
  const data = new Float32Array(LENGTH)
  try {
    if (folder === 'sample') throw new Error('the sample has no sounds')
    const { test } = await spokenDigits({ folder, signal })
    const at = test.signals.findIndex((_, i) => test.labels[i] === DIGIT && test.speakers[i] === SPEAKER)
    data.set(test.signals[at].subarray(0, LENGTH))
    return { data, sampleRate: RATE, source: `the digit ${DIGIT} by ${SPEAKER}, of the Free Spoken Digit Dataset` }
  } catch (error) {
    if (signal.aborted) throw error
    data.forEach((_, i) => {
      const t = i / RATE
      data[i] =
        Math.exp(-(((t - 0.25) / 0.1) ** 2)) * (Math.sin(900 * t * (1 + t)) + 0.5 * Math.sin(4000 * t * (1 - t)))
    })
    return { data, sampleRate: RATE, source: 'generated tones that glide, as no spoken digits were found' }
  }
}
