// Which slides have their app in the repository, and which packages there are. Runs when the site is built.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { Slide } from '../experiments/lecture.ts'

/** The folder of all apps. */
export const apps: string = join(import.meta.dirname, '../../apps')

/** Those of `slides` whose app is there. */
export const present = (slides: readonly Slide[]): Slide[] =>
  slides.filter(({ name }) => existsSync(join(apps, name, 'src/main.ts')))

/** The folders of all packages with a README, in alphabetical order. */
export const packageNames = (): string[] =>
  globSync('*/README.md', { cwd: join(apps, '../packages') })
    .map((path) => path.split(/[\\/]/)[0]!)
    .sort()
