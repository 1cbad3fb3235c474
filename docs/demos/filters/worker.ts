// The worker of the page "Filter bank".
import { type Call, serve } from '../worker/serve.ts'
import { type Bank1dAsked, type Bank1dShown, bank1d } from './bank-1d.ts'
import { type Bank2dAsked, type Bank2dShown, bank2d } from './bank-2d.ts'

const plane: Call<Bank2dAsked, Bank2dShown> = (asked) => bank2d(asked)
const line: Call<Bank1dAsked, Bank1dShown> = (asked) => bank1d(asked)

const calls = { plane, line }
export type FilterCalls = typeof calls
serve(calls)
