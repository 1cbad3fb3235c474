// The images that the page transforms, and how: made alike in the page and in the test that checks it.
import { random } from '@scatterlab/tensor'

/** Nine images of noise. */
export const images = { data: random(1).fillNormal(new Float32Array(9 * 32 * 32)), shape: [9, 32, 32] }

/** Options of the transform, but for the back end. */
export const transform = { shape: [32, 32], scales: 2 } as const
