// Formulas in the plain text of claims and READMEs: what stands there as S_J, 2^j or ‖∇τ‖∞ gets its indices and powers.
import type { MarkdownRenderer } from 'vitepress'

const LETTER = String.raw`\p{L}\p{M}*`
/** A letter that stands alone (or argmin), `_`, and its index: one or two letters or digits, or more in braces. */
const INDEX = String.raw`(?<![\p{L}\p{N}\p{M}_])(?<base>arg(?:min|max)|${LETTER})_(?:\{(?<inBraces>[^{}]+)\}|(?<index>[\p{L}\p{N}]{1,2})(?![\p{L}\p{N}_]))`
/** `^` and what is raised: a number, a letter before no word, or more in brackets. */
const POWER = String.raw`(?<=[\p{L}\p{M}\p{N})‖|])\^(?:\{(?<raised>[^{}]+)\}|(?<inBrackets>\([^()]+\))|(?<power>⊥|[-−]?(?:\p{N}+|${LETTER}(?:_[\p{L}\p{N}]{1,2})?(?![a-z]))))`
const NORM = String.raw`(?<=‖)∞`
const FORMULA = new RegExp(`${INDEX}|${POWER}|${NORM}`, 'gu')

/** A letter is set as a variable. */
const variable = (text: string) => (/^\p{L}\p{M}*$/u.test(text) ? `<i>${text}</i>` : withFormulas(text))

/** HTML of a text whose `&` and `<` are escaped. */
export function withFormulas(html: string): string {
  return html.replaceAll(FORMULA, (whole, ...found) => {
    const { base, inBraces, index, raised, inBrackets, power } = found.at(-1) as Record<string, string | undefined>
    if (base) return `${variable(base)}<sub>${variable((inBraces ?? index)!)}</sub>`
    const above = raised ?? inBrackets ?? power
    return above === undefined ? `<sub>${whole}</sub>` : `<sup>${variable(above.replace('-', '−'))}</sup>`
  })
}

/** HTML of plain text. */
export const formulasIn = (text: string): string =>
  withFormulas(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'))

/** Sets the formulas in the text of Markdown; code and what stands between dollars are left as they are. */
export function typeset(md: MarkdownRenderer): void {
  md.core.ruler.push('formulas in text', ({ tokens }) => {
    for (const { children } of tokens) {
      for (const token of children ?? []) {
        if (token.type !== 'text') continue
        const html = formulasIn(token.content)
        if (!/<su[bp]>/.test(html)) continue
        token.type = 'html_inline'
        token.content = html
      }
    }
  })
}
