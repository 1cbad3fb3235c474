// What a page and its worker say to each other.

export type FromPage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly given: unknown }
  | { readonly kind: 'stop'; readonly id: number }

export type ToPage =
  | { readonly kind: 'told'; readonly id: number; readonly told: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown; readonly ran: string }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly name: string
      readonly message: string
      readonly stopped: boolean
    }
