// `scatterlab fit`, `predict` and `evaluate`: a pipeline of `learn` on features, with Φ in the model.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type Classifier, confusion, errorCount, gridSearch } from '@scatterlab/learn'
import { createWasmBackend } from '@scatterlab/wasm'
import { UsageError } from '../errors.ts'
import { doneWithout } from '../exit-codes.ts'
import type { Unreadable } from '../inputs/items.ts'
import { type ClassifierFlags, pipelineOf } from '../models/classifiers.ts'
import { type NamedFeatures, type Phi, featuresOf, labelsOf } from '../models/labelled.ts'
import { type About, readModel, writeModel } from '../models/model-file.ts'
import { writeWhole } from '../shards/whole-file.ts'
import { type TransformFlags, computingOf, readingOf, transformOf } from './options.ts'
import { listUnreadable } from './unreadable.ts'

interface Common {
  readonly threads?: number
  readonly json?: true
  readonly quiet?: boolean
}

/** What was given to `fit`. */
export interface FitFlags extends TransformFlags, ClassifierFlags, Common {
  readonly output: string
  readonly labels?: string
  readonly seed?: number
  readonly overwrite?: true
}

/** What was given to `predict`. */
export interface PredictFlags extends Common {
  readonly output?: string
}

/** What was given to `evaluate`. */
export interface EvaluateFlags extends Common {
  readonly labels?: string
}

/** For features that do not say how they were made. */
const PLAIN: Phi = {
  transform: {},
  reading: { fit: 'crop', colour: false },
  computing: { backend: 'wasm', deterministic: false },
}

/** The part of the training rows on which a penalty is chosen. */
const HELD_OUT = 0.2

/** Fits a model and writes it; gives the exit code. */
export async function fit(input: string, flags: FitFlags): Promise<number> {
  const { output, seed = 0, json, quiet = false, threads = availableParallelism() } = flags
  if (existsSync(output) && !flags.overwrite) {
    throw new UsageError('EXISTS', `-o ${output}: it is there already; give --overwrite, or another name`)
  }
  const phi: Phi = {
    ...(flags.transform && { kind: flags.transform }),
    transform: transformOf(flags),
    reading: readingOf(flags),
    computing: computingOf(flags),
  }
  const features = await featuresOf(input, phi, { quiet, threads })
  const named = await labelsOf(features.names, flags.labels)
  const classes = [...new Set(named)].sort()
  const labels = named.map((label) => classes.indexOf(label))
  const [samples, ...rowShape] = features.shape
  const { steps, grid } = pipelineOf(flags, features.data.length / samples, samples)
  const backend = createWasmBackend({ threads })
  const found = grid
    ? await gridSearch(steps, features, labels, { grid, fraction: HELD_OUT, seed, backend })
    : { classifier: await steps.fit(features, labels, { seed, backend }), settings: {} }
  const training = errorCount(await found.classifier.predict(features, { backend }), labels)
  const about: About = {
    classes,
    rowShape,
    steps: steps.names,
    settings: found.settings,
    phi: features.phi ?? null,
    samples,
  }
  await writeModel(output, found.classifier, about)
  const { unreadable } = features
  if (json) {
    const errors = { errors: training.errors, of: training.count }
    process.stdout.write(
      `${JSON.stringify({ output, classes, samples, steps: steps.names, settings: found.settings, training: errors, unreadable })}\n`,
    )
  } else {
    process.stdout.write(`${output}: ${steps.names.join(', ')} of ${samples} rows in ${classes.length} classes\n`)
    if (grid) process.stdout.write(`chosen on a held-out fifth: ${JSON.stringify(found.settings)}\n`)
    process.stdout.write(`errors on the training rows: ${training.errors} of ${training.count}\n`)
  }
  return ended(unreadable, json)
}

/** Says the class of each input; gives the exit code. */
export async function predict(model: string, input: string, flags: PredictFlags): Promise<number> {
  const { predicted, features, about } = await predictions(model, input, flags)
  const rows = features.names.map((name, i) => ({ name, class: about.classes[predicted[i]] }))
  const text = flags.json
    ? `${JSON.stringify({ predictions: rows, unreadable: features.unreadable })}\n`
    : `name,class\n${rows.map(({ name, class: label }) => `${cell(name)},${cell(label)}\n`).join('')}`
  if (flags.output === undefined) process.stdout.write(text)
  else await writeWhole(flags.output, async (file) => file.appendFile(text))
  return ended(features.unreadable, flags.json)
}

/** Counts the errors; gives the exit code. */
export async function evaluate(model: string, input: string, flags: EvaluateFlags): Promise<number> {
  const { predicted, features, about } = await predictions(model, input, flags)
  const named = await labelsOf(features.names, flags.labels)
  const unknown = named.find((label) => !about.classes.includes(label))
  if (unknown !== undefined) {
    throw new UsageError(
      'NO_LABELS',
      `the model has no class '${unknown}', only ${about.classes.slice(0, 10).join(', ')}`,
    )
  }
  const labels = named.map((label) => about.classes.indexOf(label))
  const { errors, count, rate, standardError } = errorCount(predicted, labels)
  if (flags.json) {
    const { counts } = confusion(predicted, labels)
    const result = {
      errors,
      count,
      rate,
      standardError,
      classes: about.classes,
      confusion: [...counts],
      unreadable: features.unreadable,
    }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  } else {
    const share = `${(100 * rate).toFixed(2)} % ± ${(100 * standardError).toFixed(2)}`
    process.stdout.write(`errors: ${errors} of ${count} (${share})\n`)
    for (const [index, label] of about.classes.entries()) {
      const own = labels.flatMap((of, i) => (of === index ? [predicted[i]] : []))
      if (own.length > 0)
        process.stdout.write(`  ${label}: ${own.filter((as) => as !== index).length} of ${own.length}\n`)
    }
  }
  return ended(features.unreadable, flags.json)
}

async function predictions(
  model: string,
  input: string,
  { quiet = false, threads = availableParallelism() }: Common,
): Promise<{
  readonly predicted: Int32Array
  readonly features: NamedFeatures
  readonly about: About
  readonly classifier: Classifier
}> {
  const { classifier, about } = await readModel(model)
  const phi = about.phi ?? PLAIN
  const features = await featuresOf(input, phi, { quiet, threads })
  const [, ...rowShape] = features.shape
  if (rowShape.join() !== about.rowShape.join()) {
    const [own, fitted] = [rowShape, about.rowShape].map((shape) => `[${shape.join(', ')}]`)
    throw new UsageError(
      'SIZE',
      `rows of '${input}' have shape ${own}, those of the model ${fitted}: transform them as those`,
    )
  }
  const backend = createWasmBackend({ threads })
  return { predicted: await classifier.predict(features, { backend }), features, about, classifier }
}

/** A cell of CSV (RFC 4180). */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function ended(unreadable: readonly Unreadable[], json: true | undefined): number {
  if (!json) listUnreadable(unreadable)
  return doneWithout(unreadable.length)
}
