// What a classifier says of a folder of images: a table of all of them as a file, and the counts as rows.
import {
  type Rule,
  type Rules,
  ShapeError,
  aText,
  checkArgument,
  checkOptions,
  having,
  someNumbers,
} from '@scatterlab/tensor'
import type { Output } from './experiment.ts'
import { errorRow } from './row.ts'

/** Images and what a classifier gives for them. */
export interface Classified {
  /** The method's name in rows. */
  readonly method: string
  /** A path for each image. */
  readonly files: readonly string[]
  /** Those that were left out, by their numbers: `skipped` of a folder of @scatterlab/datasets. They have no outputs. */
  readonly skipped?: readonly {
    /** From 0, among `files`. */
    readonly index: number
  }[]
  /** The larger, the likelier, as a softmax takes them: [images, classes]. */
  readonly outputs: ArrayLike<number>
  /** Names of the classes. */
  readonly classes: readonly string[]
}

/**
 * Keeps `classes.csv`, a line for each image with the two likeliest classes and their shares of a softmax, and reports how many images
 * there are. Where the folder of an image has the name of a class, that is taken for the truth, and errors are counted over those
 * images. Throws `ShapeError` unless there is an output of each class for each image.
 */
export function reportClassified(output: Pick<Output, 'row' | 'file'>, classified: Classified): void {
  checkArgument('reportClassified: output', output, having('the output of a run', 'row', 'file'))
  const names = ['method', 'files', 'outputs', 'classes'] as const
  const {
    method,
    skipped = [],
    outputs,
    classes,
    ...given
  } = checkOptions('reportClassified', classified, rules, names)
  const left = new Set(skipped.map(({ index }) => index))
  const files = given.files.filter((_, index) => !left.has(index))
  if (outputs.length !== files.length * classes.length) {
    throw new ShapeError(
      `reportClassified: ${outputs.length} outputs for ${files.length} images of ${classes.length} classes`,
    )
  }
  const likeliest = files.map((_, image) => twoOf(outputs, image * classes.length, classes.length))
  const lines = files.map((file, image) =>
    [file, ...likeliest[image].flatMap(({ label, share }) => [classes[label] ?? '', share.toFixed(4)])]
      .map(quoted)
      .join(),
  )
  output.file('classes.csv', `file,class,share,second class,share of it\n${lines.join('\n')}\n`)
  output.row({ measure: 'images classified', method, value: files.length })
  const labelled = files.flatMap((file, image) => {
    const folder = file.split('/').at(-2)
    return folder !== undefined && classes.includes(folder) ? [{ image, folder }] : []
  })
  if (labelled.length === 0) return
  const wrong = labelled.filter(({ image, folder }) => classes[likeliest[image][0].label] !== folder)
  output.row(errorRow({ measure: 'error', method, count: wrong.length, total: labelled.length }))
}

const texts: Rule = (value) =>
  Array.isArray(value) && value.every((text) => typeof text === 'string') ? undefined : 'a list of texts'

const rules: Rules<Classified> = {
  method: aText,
  files: texts,
  skipped: (value) =>
    Array.isArray(value) && value.every((image) => Number.isInteger(Object(image).index))
      ? undefined
      : 'a list of { index }',
  outputs: someNumbers,
  classes: texts,
}

/** The two largest of some outputs, and their shares of the softmax. */
function twoOf(outputs: ArrayLike<number>, begin: number, count: number): { label: number; share: number }[] {
  const own = Array.from({ length: count }, (_, label) => outputs[begin + label])
  const largest = Math.max(...own)
  const sum = own.reduce((total, z) => total + Math.exp(z - largest), 0)
  return own
    .map((z, label) => ({ label, share: Math.exp(z - largest) / sum }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 2)
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
