// The site: `pnpm site dev`, `pnpm site build`, `pnpm site preview`. `--base /name/` is the path that it is served from, `--port N`
// the port of dev and preview, `--out DIR` the folder of build and preview.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { preview } from 'vite'
import { build, createServer } from 'vitepress'
import { writeApi } from './api.ts'
import { draw } from './draw.ts'
import { isolation } from './isolation.ts'
import { checkLinks } from './links.ts'
import { writeServiceWorker } from './offline.ts'

const docs = dirname(import.meta.dirname)
const usage = 'pnpm site dev | build | preview [--base /name/] [--port N] [--out DIR]'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: '/' },
    port: { type: 'string', default: '4173' },
    out: { type: 'string', default: join(docs, '.vitepress/dist') },
  },
})
const { base } = values
const outDir = resolve(values.out)
const port = Number(values.port)
if (!/^\/([\w.-]+\/)*$/.test(base)) throw new Error(`--base is ${base}: give a path that begins and ends with /`)
if (!Number.isInteger(port)) throw new Error(`--port is ${values.port}: give a number`)

switch (positionals[0]) {
  case 'dev': {
    await draw()
    await writeApi()
    const server = await createServer(docs, { base, port })
    await server.listen()
    server.printUrls()
    break
  }
  case 'build':
    console.log(`${await draw()} pictures drawn`)
    console.log(`${await writeApi()} exports on the pages of the API`)
    await build(docs, { base, outDir })
    checkLinks(outDir, base)
    const { files, bytes } = await writeServiceWorker(outDir)
    console.log(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, are kept for offline`)
    break
  case 'preview': {
    if (!existsSync(join(outDir, 'index.html'))) throw new Error(`there is no site in ${outDir}: pnpm site build first`)
    const server = await preview({
      root: docs,
      base,
      configFile: false,
      appType: 'mpa',
      build: { outDir },
      preview: { port, headers: isolation },
    })
    server.printUrls()
    break
  }
  default:
    throw new Error(`${positionals[0] ?? 'nothing'} is no command: ${usage}`)
}
