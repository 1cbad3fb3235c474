// `scatterlab fit`, `predict`, `evaluate`: their options.
import { type Command, Option } from 'commander'
import { classifiers } from '../models/classifiers.ts'
import type { Finish } from '../program.ts'
import type { EvaluateFlags, FitFlags, PredictFlags } from './models.ts'
import { above0, addTransformOptions, whole } from './options.ts'

/** Adds the three. */
export function addModels(program: Command, finish: Finish): void {
  const fit = program
    .command('fit')
    .description('a classifier of features, or of images and sounds, with their transform in it')
    .argument('<input>', '.npy or .npz from transform, or what transform takes; a folder for each class')
    .requiredOption('-o, --output <file>', 'the model, such as model.safetensors')
    .addOption(new Option('--classifier <name>', 'which one').choices(classifiers).default('logistic'))
    .option('--labels <file>', 'a label for each row: lines of text, or .npy (default: the folders)')
    .option('--penalty <number>', 'logistic, ridge (default: chosen on a held-out fifth)', above0)
    .option('--cost <number>', 'linear-svm, svm (default: 1)', above0)
    .option('--gamma <number>', 'svm: of the Gaussian kernel', above0)
    .option('--dimension <n>', 'pca-affine: of each class', whole(0, 20))
    .option('--neighbours <n>', 'nearest (default: 1)', whole(1, 3))
    .option('--pca <n>', 'principal components before it', whole(1, 100))
    .option('--no-standardise', 'features as they are')
    .option('--seed <n>', 'of the held-out part', whole(0, 1))
    .option('--overwrite', 'write over the model')
    .option('--threads <n>', 'threads (default: one for each processor)', whole(1, 4))
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no progress')
  addTransformOptions(fit)
    .addHelpText(
      'after',
      `
Examples:
  scatterlab fit features.npy -o model.safetensors
  scatterlab fit photos/train -o model.safetensors --size 64 --classifier ridge`,
    )
    .action(async (input: string, flags: FitFlags) => finish(await (await import('./models.ts')).fit(input, flags)))

  program
    .command('predict')
    .description('the class of each input, as CSV')
    .argument('<model>', 'from fit')
    .argument('<input>', 'features as it was fitted to, or images, sounds and sets')
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--threads <n>', 'threads (default: one for each processor)', whole(1, 4))
    .option('--json', 'as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  scatterlab predict model.safetensors photos/new -o classes.csv')
    .action(async (model: string, input: string, flags: PredictFlags) =>
      finish(await (await import('./models.ts')).predict(model, input, flags)),
    )

  program
    .command('evaluate')
    .description('the errors of a model on labelled inputs')
    .argument('<model>', 'from fit')
    .argument('<input>', 'as of predict, with labels')
    .option('--labels <file>', 'a label for each row: lines of text, or .npy (default: the folders)')
    .option('--threads <n>', 'threads (default: one for each processor)', whole(1, 4))
    .option('--json', 'as JSON, with the table of confusions')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  scatterlab evaluate model.safetensors photos/test')
    .action(async (model: string, input: string, flags: EvaluateFlags) =>
      finish(await (await import('./models.ts')).evaluate(model, input, flags)),
    )
}
