// What a fitted model is made of, remembered beside it: from these numbers and its kind a file gives it again.

/** Kind and numbers of a model. */
export interface SavedForm {
  readonly kind: string
  /** Numbers, texts, lists, typed arrays, records of these, and other models. */
  readonly numbers: object
}

const forms = new WeakMap<object, { readonly kind: string; readonly numbers: object | (() => object) }>()

/** The model, which from now on can be saved as this kind of these numbers, which a function may gather when they are wanted. */
export function savedAs<M extends object>(kind: string, numbers: object | (() => object), model: M): M {
  forms.set(model, { kind, numbers })
  return model
}

/** Kind and numbers of a model, if it can be saved. */
export function savedForm(model: object): SavedForm | undefined {
  const form = forms.get(model)
  if (form === undefined) return undefined
  const { kind, numbers } = form
  return { kind, numbers: typeof numbers === 'function' ? (numbers as () => object)() : numbers }
}
