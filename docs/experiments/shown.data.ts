// The experiments in the order of the lecture, as lists of pages show them.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import type { Experiment } from '@scatterlab/repro'
import { formulasIn } from '../tools/formulas.ts'
import { apps, present } from '../tools/present.ts'
import { lecture } from './lecture.ts'

/** One entry of the list. */
export interface Shown {
  readonly name: string
  readonly title: string
  /** HTML. */
  readonly claim: string
  /** Whether its page can run it. */
  readonly live: boolean
}

declare const data: readonly Shown[]
export { data }

export default {
  load: (): Promise<Shown[]> =>
    Promise.all(
      present(lecture).map(async ({ name, title, live }) => {
        const path = pathToFileURL(join(apps, name, 'src/main.ts')).href
        const { default: app } = (await import(path)) as { default: Experiment }
        return { name, title, claim: formulasIn(app.claim), live: 'words' in live }
      }),
    ),
}
