// Which slides have their app in the repository. Runs when the site is built.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Slide } from '../experiments/lecture.ts'

/** The folder of all apps. */
export const apps: string = join(import.meta.dirname, '../../apps')

/** Those of `slides` whose app is there. */
export const present = (slides: readonly Slide[]): Slide[] =>
  slides.filter(({ name }) => existsSync(join(apps, name, 'src/main.ts')))
