// Pages start, and their search opens, without holding up their thread: all demos, and the longest pages of each kind.
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { type Server, pagesIn, serveSite } from './built-site.ts'
import { LONGEST, type Task, bestOf, heldUp, tasksDuring, tasksOfStart } from './main-thread.ts'
import { type Visit, visit } from './visitor.ts'

/** Of each folder. */
const LONGEST_PAGES = 3

const site = inject('site')
const length = (path: string): number => statSync(join(site, path)).size
const kinds = Map.groupBy(pagesIn(site), (path) => dirname(path))
const heaviest = [...kinds.values()].flatMap((paths) =>
  paths.sort((a, b) => length(b) - length(a)).slice(0, LONGEST_PAGES),
)
const watched = [...new Set([...heaviest, ...kinds.get('demos')!])]

let browser: Browser
let server: Server

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
  server = await serveSite(site, isolation)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
})

/** What the best of some visits is held up by. */
const best = (attempt: (visit: Visit) => Promise<Task[]>): Promise<Task[]> =>
  bestOf(async () => {
    const visitor = await visit(browser, server.address)
    const tasks = await attempt(visitor)
    await visitor.close()
    return tasks
  })

it.each(watched)('%s', { timeout: 60_000 }, async (path) => {
  const tasks = await best(({ page }) => tasksOfStart(page, server.address + path))
  console.info(`${path}: ${tasks[0]!.took.toFixed(0)} ms of ${LONGEST}: ${tasks[0]!.doing}`)
  expect(heldUp(tasks)).toEqual([])
})

it('the search', { timeout: 60_000 }, async () => {
  const tasks = await best(async ({ page }) => {
    await page.goto(`${server.address}guide/quickstart.html`, { waitUntil: 'networkidle' })
    return tasksDuring(page, async () => {
      await page.keyboard.press('Control+k')
      await page.locator('#localsearch-input').fill('wavelet')
      await page.locator('#localsearch-list li').first().waitFor()
    })
  })
  console.info(`search: ${tasks[0]!.took.toFixed(0)} ms of ${LONGEST}: ${tasks[0]!.doing}`)
  expect(heldUp(tasks)).toEqual([])
})
