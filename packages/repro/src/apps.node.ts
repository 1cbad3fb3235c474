// Finds experiments on disk: a folder under `apps` with a package.json and src/main.ts. Imports one only when asked.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { didYouMean } from '@scatterlab/tensor'
import { ReproError, UsageError } from './errors.ts'
import { type Experiment, experiment } from './experiment.ts'

/** An experiment that can be imported. */
export interface App {
  readonly name: string
  /** Absolute path of its main module. */
  readonly main: string
}

/** The apps under `folder`, by name; none when there is no such folder. */
export function appsIn(folder: string): App[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .flatMap((name) => appAt(join(folder, name)) ?? [])
}

/**
 * The app called `name` under `folder`, or the app in the folder `name` when that is a path (`./mine`). Throws
 * {@link UsageError} `NO_SUCH_APP`.
 */
export function findApp(name: string, folder: string): App {
  if (/[\\/]/.test(name)) {
    const app = appAt(resolve(name))
    if (app) return app
    throw new UsageError('NO_SUCH_APP', `${name} holds no app: it needs a package.json and src/main.ts`)
  }
  const apps = appsIn(folder)
  const app = apps.find((candidate) => candidate.name === name)
  if (app) return app
  const names = apps.map((candidate) => candidate.name)
  const known =
    names.length > 0
      ? `there are ${names.join(', ')}.${didYouMean(name, names)}`
      : `${folder} holds none: run this in the root of the repository, or give the path of an app`
  throw new UsageError('NO_SUCH_APP', `no app '${name}': ${known}`)
}

/** Imports an app's experiment. Throws {@link ReproError} `BAD_EXPERIMENT` when its main module declares none. */
export async function loadExperiment(main: string): Promise<Experiment> {
  const module = (await import(pathToFileURL(main).href)) as { default?: Experiment }
  try {
    return experiment(module.default as Experiment)
  } catch (error) {
    const reason = module.default ? (error as Error).message : 'it has no default export'
    throw new ReproError('BAD_EXPERIMENT', `${main} does not default-export an experiment({...}): ${reason}`)
  }
}

function appAt(folder: string): App | undefined {
  if (!existsSync(join(folder, 'package.json'))) return undefined
  const main = ['src/main.ts', 'src/main.js'].map((path) => join(folder, path)).find((path) => existsSync(path))
  return main === undefined ? undefined : { name: basename(folder), main }
}
