// The protocol of classes that differ in size: so many training pictures of each, all others tested, and the mean of the accuracies of the
// classes, so that a large class counts no more than a small one.
import { ValueError, random } from '@scatterlab/tensor'

/** Numbers of pictures. */
export interface Split {
  readonly training: Int32Array
  readonly test: Int32Array
}

/** Pictures of classes. */
interface Labelled {
  readonly labels: Uint8Array
  readonly classes: readonly string[]
}

/** The pictures of each class. Throws `ValueError` for a class that has none left when `perClass` are taken to train on. */
export function membersOf({ labels, classes }: Labelled, perClass: number): Int32Array[] {
  const rows = Int32Array.from(labels.keys())
  const members = classes.map((_, k) => rows.filter((row) => labels[row] === k))
  const small = members.findIndex((own) => own.length <= perClass)
  if (small < 0) return members
  throw new ValueError(
    `the class ${classes[small]} has ${members[small].length} pictures: give more than ${perClass} of each class`,
  )
}

/** `count` splits with `perClass` training pictures of each class, drawn by the seed; the others are tested. Throws as `membersOf` does. */
export function randomSplits(pictures: Labelled, perClass: number, count: number, seed: number): Split[] {
  const members = membersOf(pictures, perClass)
  const rows = Int32Array.from(pictures.labels.keys())
  return Array.from({ length: count }, (_, split) => {
    const stream = random(`by class ${seed}, split ${split}`)
    const drawn = new Set(
      members.flatMap((own) => Array.from(stream.permutation(own.length).subarray(0, perClass), (at) => own[at])),
    )
    return { training: rows.filter((row) => drawn.has(row)), test: rows.filter((row) => !drawn.has(row)) }
  })
}

/** How many pictures of each class were taken for each: row-major, [classes, classes]. */
export function countsOf(predicted: Int32Array, labels: ArrayLike<number>, classes: number): Int32Array {
  const counts = new Int32Array(classes ** 2)
  predicted.forEach((label, i) => counts[labels[i] * classes + label]++)
  return counts
}

/** The mean of the accuracies of the classes, per cent. */
export function accuracyByClass(counts: Int32Array): number {
  const classes = Math.sqrt(counts.length)
  let sum = 0
  for (let k = 0; k < classes; k++) {
    const own = counts.subarray(k * classes, (k + 1) * classes)
    sum += own[k] / own.reduce((a, b) => a + b, 0)
  }
  return (100 * sum) / classes
}

/** Mean and standard deviation. */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) }
}
