// What axe says of a page: contrast, labels, headings, roles.
import axe from 'axe-core'
import type { Page } from 'playwright'

/** What axe looks for. */
type Scope = 'everything' | 'contrast'

/** The violations on the page as it stands, one a line: rule, element, what is wrong. The colours of code are those of a theme made for
 * high contrast; its thousands of words are passed over. */
export async function violationsOn(page: Page, scope: Scope = 'everything'): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (looked) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
    const rules = looked === 'contrast' ? ['color-contrast'] : undefined
    const runOnly = rules ? { type: 'rule' as const, values: rules } : { type: 'tag' as const, values: tags }
    const { violations } = await axe.run({ exclude: ['.shiki span'] }, { resultTypes: ['violations'], runOnly })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll('\n', ' ')}`,
      ),
    )
  }, scope)
}

/** What can be reached by the keyboard in `within`, but shows no outline of two pixels or more when it is. A file's input shows it on its label. */
export async function unseenFocusIn(page: Page, within: string): Promise<string[]> {
  await page.locator(within).first().waitFor()
  // from here on, the browser takes the visitor for one with a keyboard
  await page.keyboard.press('Tab')
  return page.evaluate((selector) => {
    const controls = document.querySelectorAll<HTMLElement>(
      `${selector} :is(button, select, input, [tabindex="0"]):not(:disabled)`,
    )
    if (controls.length === 0) return [`${selector} holds nothing that can be reached by the keyboard`]
    return [...controls].flatMap((control) => {
      control.focus()
      const shown = control instanceof HTMLInputElement && control.type === 'file' ? control.parentElement! : control
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(shown)
      const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !outlineColor.endsWith(', 0)')
      return isSeen && document.activeElement === control ? [] : [control.outerHTML.slice(0, 120)]
    })
  }, within)
}
