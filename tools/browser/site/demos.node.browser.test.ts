// Every live demo, used for real on the built site: by mouse and keyboard on a desktop, where nothing holds the page up, by touch on a phone,
// where it is opened again by its address too.
import { type Browser, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { three } from '../../../docs/demos/digit/example.ts'
import { isolation, launchOptions } from '../chromium.ts'
import { unseenFocusIn, violationsOn } from './accessibility.ts'
import { type Server, serveSite } from './built-site.ts'
import { type Task, bestOf, heldUp, tasksDuring } from './main-thread.ts'
import { sizes, visit } from './visitor.ts'

/** A busy machine takes its time. */
const PATIENCE = { timeout: 150_000, interval: 200 }

let browser: Browser
let server: Server
let alone: Server

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
  server = await serveSite(inject('site'), isolation)
  alone = await serveSite(inject('site'))
}, 60_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
  alone?.close()
})

/** Opens a demo, uses it, and finds nothing wrong on the way. */
async function using(...visiting: Parameters<typeof tasksOf>): Promise<void> {
  expect(heldUp(await bestOf(() => tasksOf(...visiting)))).toEqual([])
}

/** A visit: what held up the page of a desktop. */
async function tasksOf(
  demo: string,
  size: keyof typeof sizes,
  use: (page: Page) => Promise<void>,
  on: Server = server,
): Promise<Task[]> {
  let tasks: Task[] = []
  const options = { viewport: sizes[size], hasTouch: size === 'phone' }
  const { page, complaints, close } = await visit(browser, on.address, options)
  await page.goto(`${on.address}demos/${demo}`, { waitUntil: 'load' })
  if (size === 'desktop') {
    await page.locator('.demo').waitFor()
    tasks = await tasksDuring(page, () => use(page))
    console.info(`${demo}: longest task ${tasks[0]?.took.toFixed(0)} ms`)
  } else await use(page)
  // with all that came on the way
  if (size === 'phone') {
    expect(await violationsOn(page)).toEqual([])
    expect(await unseenFocusIn(page, '.demo')).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForFunction(() => document.documentElement.classList.contains('dark'))
    // colours change over a moment
    await page.waitForTimeout(600)
    expect(await violationsOn(page, 'contrast')).toEqual([])
    expect(await unseenFocusIn(page, '.demo')).toEqual([])
  }
  expect(complaints).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(sizes[size].width)
  await close()
  return tasks
}

const told = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`[data-test=${name}]`).textContent({ timeout: PATIENCE.timeout }))!.trim()
const number = async (page: Page, name: string): Promise<number> => Number.parseFloat(await told(page, name))
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const press = async (page: Page, label: string, key: string, times: number): Promise<void> => {
  await page.getByLabel(label, { exact: true }).focus()
  for (let i = 0; i < times; i++) await page.keyboard.press(key)
}

/** Draws the strokes of a 3 in the square. */
const drawThree = (page: Page, by: 'mouse' | 'finger'): Promise<void> =>
  drag(
    page,
    three[0].map(([x, y]) => [x / 256, y / 256]),
    by,
  )

/** Goes from the middle of the patch to the right and upwards. */
const dragOnPatch = (page: Page, by: 'mouse' | 'finger'): Promise<void> =>
  drag(
    page,
    [
      [0.5, 0.5],
      [0.6, 0.45],
      [0.7, 0.4],
    ],
    by,
  )

/** Moves the mouse or a finger over the square, along parts of its width and height. */
async function drag(
  page: Page,
  along: readonly (readonly [x: number, y: number])[],
  by: 'mouse' | 'finger',
): Promise<void> {
  const square = page.getByRole('application')
  await square.scrollIntoViewIfNeeded()
  const { x: left, y: top, width, height } = (await square.boundingBox())!
  const points = along.map(([x, y]) => ({ x: left + x * width, y: top + y * height }))
  const cdp = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: typeof points) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints })
  for (const [i, point] of points.entries()) {
    if (by === 'finger') await touch(i === 0 ? 'touchStart' : 'touchMove', [point])
    else await page.mouse.move(point.x, point.y)
    if (by === 'mouse' && i === 0) await page.mouse.down()
  }
  if (by === 'finger') await touch('touchEnd', [])
  else await page.mouse.up()
}

describe('draw a digit', { timeout: 300_000 }, () => {
  it('by the mouse: a 3 is a 3, and pixels move more than Φ', () =>
    using('digit.html', 'desktop', async (page) => {
      await button(page, 'Clear').click()
      await expect.poll(() => told(page, 'answer'), PATIENCE).toBe('Draw something.')
      await drawThree(page, 'mouse')
      await expect.poll(() => told(page, 'answer'), PATIENCE).toMatch(/^3\s*by a margin of [0-9.]+$/)
      await press(page, 'to the right', 'ArrowRight', 2)
      await expect.poll(() => number(page, 'pixels'), PATIENCE).toBeGreaterThan(40)
      expect(await number(page, 'phi')).toBeLessThan((await number(page, 'pixels')) / 2)
      expect(await told(page, 'class')).toBe('3')
      await expect.poll(() => new URL(page.url()).hash, PATIENCE).toMatch(/drawn=[\w-]{20,}.*right=1/)
    }))

  it('by the keyboard: a line down is a 1', () =>
    using('digit.html#drawn=', 'desktop', async (page) => {
      await page.getByRole('application').focus()
      for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', ' ', ...Array<string>(8).fill('ArrowDown'), ' '])
        await page.keyboard.press(key)
      await expect.poll(() => told(page, 'answer'), PATIENCE).toMatch(/^1\s*by a margin/)
    }))

  it('by a finger on a phone', () =>
    using('digit.html#drawn=', 'phone', async (page) => {
      await drawThree(page, 'finger')
      await expect.poll(() => told(page, 'answer'), PATIENCE).toMatch(/^3\s*by a margin/)
    }))
})

describe.each(['desktop', 'phone'] as const)('on a %s', { timeout: 300_000 }, (size) => {
  it('filter bank: a slider changes the bounds, and the address has it', () =>
    using('filters.html', size, async (page) => {
      await expect.poll(() => told(page, 'lower'), PATIENCE).toBe('0.348')
      expect(await told(page, 'upper')).toBe('1.014')
      await press(page, 'centre frequency ξ', 'ArrowLeft', 10)
      await expect.poll(() => number(page, 'lower'), PATIENCE).toBeLessThan(0.3)
      await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe('#xi=0.65')
      if (size === 'phone') await page.reload()
      await expect.poll(() => number(page, 'lower'), PATIENCE).toBeLessThan(0.3)
      await press(page, 'scales J', 'ArrowRight', 1)
      await expect.poll(() => told(page, 'count'), PATIENCE).toBe('32')
      await button(page, 'Wavelets of signals').click()
      await expect.poll(() => told(page, 'count'), PATIENCE).toBe('18')
    }))

  it('invert Φ: the picture comes back, and a run stops', () =>
    using('invert.html#iterations=10', size, async (page) => {
      await expect.poll(() => told(page, 'progress'), PATIENCE).toMatch(/^10 iterations in/)
      const psnr = await number(page, 'psnr')
      expect(psnr).toBeGreaterThan(13)
      await press(page, 'iterations', 'End', 1)
      await expect.poll(() => told(page, 'progress'), PATIENCE).toMatch(/^iteration \d+$/)
      await button(page, 'Stop').click()
      await button(page, 'Again').waitFor(PATIENCE)
      expect(await told(page, 'progress')).toMatch(/^iteration \d+$/)
    }))

  it('train: the loss falls, and the run stops and goes on', () =>
    using('train.html#steps=50', size, async (page) => {
      await expect.poll(() => told(page, 'step'), PATIENCE).toBe('0')
      const errors = await number(page, 'errors')
      await button(page, 'Train').click()
      await expect.poll(() => number(page, 'loss'), PATIENCE).toBeGreaterThan(0)
      const loss = await number(page, 'loss')
      await expect.poll(() => told(page, 'step'), PATIENCE).toBe('50')
      expect(await number(page, 'loss')).toBeLessThan(loss)
      expect(await number(page, 'errors')).toBeLessThan(errors / 2)
      await press(page, 'steps, of 50 digits', 'End', 1)
      await button(page, 'Go on').click()
      await expect.poll(() => number(page, 'step'), PATIENCE).toBeGreaterThan(50)
      await button(page, 'Stop').click()
      await button(page, 'Go on').waitFor(PATIENCE)
      expect(await number(page, 'step')).toBeLessThan(1000)
    }))

  it('textures: the synthesis has moments that the Gaussian twin lacks', () =>
    using('textures.html#iterations=20', size, async (page) => {
      await expect.poll(() => told(page, 'progress'), PATIENCE).toMatch(/^20 iterations in/)
      expect(await number(page, 'error')).toBeLessThan((await number(page, 'twin')) / 3)
    }))

  it('listen: a chirp rises or falls, and comes back from its coefficients', () =>
    using('listen.html#iterations=10&J=5&order=1', size, async (page) => {
      await expect.poll(() => number(page, 'share'), PATIENCE).toBeGreaterThan(75)
      await button(page, 'falling').click()
      await expect.poll(() => number(page, 'share'), PATIENCE).toBeLessThan(25)
      await button(page, 'Rebuild').click()
      await expect.poll(() => told(page, 'iteration'), PATIENCE).toBe('10')
      await expect.poll(() => button(page, '▶ Play what came back').isEnabled(), PATIENCE).toBe(true)
      expect(await number(page, 'error')).toBeLessThan(0.3)
    }))
})

/** The pixels of a canvas, as a text. */
const pixels = (page: Page, name: string): Promise<string> =>
  page.locator(`[data-test=${name}]`).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())

describe.each(['desktop', 'phone'] as const)('latent space on a %s', { timeout: 300_000 }, (size) => {
  it('a 3 is read as a 3, paths and sums change it, and the address has the place', () =>
    using('latent.html#digit=7', size, async (page) => {
      await expect.poll(() => told(page, 'point'), PATIENCE).toMatch(/^read as 7/)
      await button(page, '3').click()
      await expect.poll(() => told(page, 'point'), PATIENCE).toMatch(/^read as 3, margin [0-9.]+$/)
      await expect.poll(() => told(page, 'read'), PATIENCE).toMatch(/^\d+ of 81 are read as a 3\.$/)
      expect(await number(page, 'read')).toBeGreaterThan(60)

      // the path begins at one's own point, and leads away from it
      await press(page, 'part of the way', 'Home', 1)
      await expect
        .poll(async () => (await pixels(page, 'here-picture')) === (await pixels(page, 'point-picture')), PATIENCE)
        .toBe(true)
      const start = await pixels(page, 'here-picture')
      await press(page, 'part of the way', 'ArrowRight', 50)
      await expect.poll(() => pixels(page, 'here-picture'), PATIENCE).not.toBe(start)
      await expect.poll(() => new URL(page.url()).hash, PATIENCE).toBe('')
      const round = await number(page, 'length')
      await button(page, 'straight line').click()
      await expect.poll(() => number(page, 'length'), PATIENCE).toBeLessThan(0.9 * round)

      // a digit that should lean to the right does
      await press(page, 'leans left – leans right', 'End', 1)
      const slants = async (): Promise<number[]> => (await told(page, 'slant')).split(' → ').map(Number)
      await expect.poll(async () => (await slants())[1] - (await slants())[0], PATIENCE).toBeGreaterThan(0.1)

      const before = await pixels(page, 'point-picture')
      await dragOnPatch(page, size === 'phone' ? 'finger' : 'mouse')
      await expect.poll(() => pixels(page, 'point-picture'), PATIENCE).not.toBe(before)
      await page.getByRole('application').focus()
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => new URL(page.url()).hash, PATIENCE).toMatch(/x=0\.\d+&y=0\.\d+.*path=linear.*slant=1/)
      const [address, there] = [page.url(), await pixels(page, 'point-picture')]
      if (size === 'phone') await page.reload()
      await expect.poll(() => told(page, 'point'), PATIENCE).toMatch(/^read as \d/)
      expect(page.url()).toBe(address)
      expect(await pixels(page, 'point-picture')).toBe(there)
    }))
})

it('a page that may not share memory runs on one thread, and says so', { timeout: 300_000 }, () =>
  using(
    'filters.html',
    'desktop',
    async (page) => {
      await expect.poll(() => told(page, 'lower'), PATIENCE).toBe('0.348')
      expect(await page.locator('.demo-foot').textContent()).toMatch(/one thread|1 thread/)
    },
    alone,
  ),
)
