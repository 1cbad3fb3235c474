// The page of an app, put together when the site is built: the slide, the idea, a live part, the numbers of its runs, its README, its code.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Experiment } from '@scatterlab/repro'
import type { Slide } from '../experiments/lecture.ts'
import { formulasIn } from './formulas.ts'
import { readmeAsPart } from './markdown.ts'
import { apps } from './present.ts'
import { summariesOf } from './run-summary.ts'
import { summaryPart } from './summary-part.ts'

/** What a page is made of besides its text. */
export interface PageOf {
  readonly params: { readonly app: string; readonly title: string }
  readonly content: string
}

const ideas = join(import.meta.dirname, '../experiments/ideas')

/** The page of one slide whose app is in the repository. */
export async function experimentPage(slide: Slide): Promise<PageOf> {
  const { name, title, live } = slide
  const read = (path: string) => readFileSync(join(apps, name, path), 'utf8')
  const { default: app } = (await import(pathToFileURL(join(apps, name, 'src/main.ts')).href)) as {
    default: Experiment
  }
  const idea = join(ideas, `${name}.md`)
  const content = [
    `# ${title}`,
    `<p class="slide-name">Slide: ${formulasIn(app.slide)}</p>`,
    `<blockquote class="claim">${formulasIn(app.claim)}</blockquote>`,
    ...(existsSync(idea) ? ['## The idea', readFileSync(idea, 'utf8')] : []),
    '## Run it here',
    ...('needs' in live ? [`${live.needs} On the command line it is \`pnpm repro ${name}\`.`] : []),
    `<ExperimentRun app="${name}" data="${('data' in live && live.data) || ''}" words="${'words' in live ? live.words : ''}" />`,
    '## Our numbers',
    `Drawn from what the repository keeps of each run, \`apps/${name}/summaries\`.`,
    ...summariesOf(name).map(summaryPart),
    '## What was measured',
    readmeAsPart(read('README.md'), { folder: `apps/${name}`, down: 1 }),
    '## The code',
    `This is \`apps/${name}/src/main.ts\`, the file that ran above and that \`pnpm repro ${name}\` runs.`,
    `~~~~ts\n${read('src/main.ts')}~~~~`,
  ].join('\n\n')
  return { params: { app: name, title }, content }
}
