// Puts an SVG into the page in slices of a few milliseconds.

/** How long a slice may take before the page has its turn, in milliseconds. */
const SLICE = 6

/** Fills `root` with the picture in `svg`, in the place of what it held, and resolves when all of it is there or `signal` is aborted. */
export async function pieceByPiece(svg: string, root: ShadowRoot, signal: AbortSignal): Promise<void> {
  const source = await read(svg, signal)
  if (!source) return
  const picture = document.importNode(source, false) as unknown as SVGSVGElement
  // as wide as the page lets it be, as an image is
  picture.style.cssText += ';display:block;max-width:100%;height:auto'
  // what it shows is said where it stands
  picture.removeAttribute('role')
  picture.setAttribute('aria-hidden', 'true')
  const before = [...root.children]
  // one that takes the place of another is shown when it is whole
  if (before.length > 0) picture.style.cssText += ';position:absolute;visibility:hidden'
  root.append(picture)
  let began = performance.now()
  const waiting: [from: Element, to: Element][] = [[source, picture]]
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    const [from, to] = pair
    const children: typeof waiting = []
    for (const node of from.childNodes) {
      const copy = document.importNode(node, false)
      to.append(copy)
      if (node.firstChild) children.push([node as Element, copy as Element])
      if (performance.now() - began < SLICE) continue
      await turn()
      if (signal.aborted) return
      began = performance.now()
    }
    waiting.push(...children.reverse())
  }
  for (const old of before) old.remove()
  picture.style.removeProperty('position')
  picture.style.removeProperty('visibility')
}

/** Letters that are read at one go. */
const LETTERS = 20_000

/** The picture in `svg`, in a document of its own that loads nothing; undefined once `signal` is aborted. */
async function read(svg: string, signal: AbortSignal): Promise<Element | undefined> {
  const sheet = document.implementation.createHTMLDocument()
  sheet.open()
  for (let at = 0; at < svg.length;) {
    const began = performance.now()
    for (; at < svg.length && performance.now() - began < SLICE; at += LETTERS) sheet.write(svg.slice(at, at + LETTERS))
    await turn()
    if (signal.aborted) return undefined
  }
  sheet.close()
  return sheet.querySelector('svg') ?? undefined
}

/** Resolves once the page has drawn, or soon where it is not seen. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 100)
    requestAnimationFrame(() => {
      clearTimeout(timer)
      setTimeout(resolve)
    })
  })
