// A document just large enough for the plotting library to build an SVG in, so that pages, workers and Node run one
// code and get the same bytes. Not a DOM: no parsing, no styles, no events, no queries.

import { escapeXml, num } from './svg.ts'

type Child = PlotElement | PlotText

class PlotText {
  readonly nodeType: number = 3
  readonly ownerDocument: PlotDocument
  parentNode: PlotElement | null = null
  readonly data: string

  constructor(ownerDocument: PlotDocument, data: string) {
    this.ownerDocument = ownerDocument
    this.data = data
  }

  get outerHTML(): string {
    return escapeXml(this.data)
  }
}

// coordinates to a hundredth: the last digits of a logarithm may differ between engines
const rounded = (value: string): string => value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => num(Number(digits)))

class PlotElement {
  readonly nodeType: number = 1
  readonly ownerDocument: PlotDocument
  readonly namespaceURI: string
  readonly tagName: string
  parentNode: PlotElement | null = null
  childNodes: Child[] = []
  readonly #attributes = new Map<string, string>()

  constructor(ownerDocument: PlotDocument, namespaceURI: string, tagName: string) {
    this.ownerDocument = ownerDocument
    this.namespaceURI = namespaceURI
    this.tagName = tagName
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, rounded(String(value)))
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name)
  }

  appendChild<Node extends Child>(child: Node): Node {
    return this.insertBefore(child, null)
  }

  insertBefore<Node extends Child>(child: Node, next: Child | null): Node {
    child.parentNode?.removeChild(child)
    this.childNodes.splice(next === null ? this.childNodes.length : this.childNodes.indexOf(next), 0, child)
    child.parentNode = this
    return child
  }

  removeChild(child: Child): void {
    this.childNodes = this.childNodes.filter((other) => other !== child)
    child.parentNode = null
  }

  set textContent(text: string) {
    this.childNodes = text === '' ? [] : [new PlotText(this.ownerDocument, String(text))]
  }

  get innerHTML(): string {
    return this.childNodes.map((child) => child.outerHTML).join('')
  }

  get outerHTML(): string {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join('')
    const inner = this.innerHTML
    return inner === '' ? `<${this.tagName}${attributes}/>` : `<${this.tagName}${attributes}>${inner}</${this.tagName}>`
  }
}

/** The root that hands out elements and texts; give it to the plotting library as its `document`. */
export class PlotDocument {
  readonly documentElement: PlotElement = new PlotElement(this, 'http://www.w3.org/2000/svg', 'svg')

  createElementNS(namespaceURI: string, tagName: string): PlotElement {
    return new PlotElement(this, namespaceURI, tagName)
  }

  createTextNode(data: string): PlotText {
    return new PlotText(this, data)
  }
}
