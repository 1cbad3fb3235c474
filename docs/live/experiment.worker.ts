// The worker of a page that runs an app: `apps/NAME/src/main.ts` unchanged, where the first message has NAME, and the visitor's files if
// it runs on some. Nothing that it does leaves the site: other hosts are refused.
import { type PageFile, pageFolder } from '@scatterlab/datasets'
import type { Experiment } from '@scatterlab/repro'
import { serveExperiment } from '@scatterlab/repro/page'
import { FOLDER } from './folder.ts'

const apps = import.meta.glob<{ readonly default: Experiment }>('../../apps/*/src/main.ts')

const { fetch } = globalThis
globalThis.fetch = (resource, options) => {
  const { origin } = new URL(resource instanceof Request ? resource.url : resource, location.href)
  if (origin === location.origin) return fetch(resource, options)
  return Promise.reject(new TypeError(`this page asks nothing of other hosts: ${origin} was not asked`))
}

// what the page says before the app is here waits for the app
const early: MessageEvent[] = []
const keep = (event: MessageEvent) => void early.push(event)

async function serve(name: string) {
  const load = apps[`../../apps/${name}/src/main.ts`]
  if (!load) throw new Error(`there is no app ${name}`)
  const { default: app } = await load()
  removeEventListener('message', keep)
  serveExperiment(app)
  for (const { data } of early) dispatchEvent(new MessageEvent('message', { data }))
}

addEventListener(
  'message',
  ({ data: { app, files } }: MessageEvent<{ app: string; files?: readonly PageFile[] }>) => {
    addEventListener('message', keep)
    if (files) pageFolder(FOLDER, files)
    serve(app).catch((error) => reportError(error))
  },
  { once: true },
)
