// The live demos in the order of their list: one page each, `demos/NAME.md`.

/** A demo: the name of its page, its title, and one line that says what a visitor can do there. */
export interface DemoEntry {
  readonly name: string
  readonly title: string
  readonly line: string
}

export const demos: readonly DemoEntry[] = []
