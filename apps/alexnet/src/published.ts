// What the slide and the papers behind it print. The slide's 15.3 is of seven networks averaged, some trained on more images than the
// challenge's; one network alone has 18.2 on the validation images (Krizhevsky, Sutskever & Hinton 2012, table 2).

/** Top-5 errors on ImageNet, in per cent. */
export const imageNet = { slide: 15.3, oneNetwork: { top1: 40.7, top5: 18.2 } } as const

/** Test error of cuda-convnet's `layers-18pct`, in per cent, as its author rounds it. */
export const relativeError = 18
