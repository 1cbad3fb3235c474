// The operations of convolutional networks on views, each with its gradient: what `Backend` holds beyond general arrays.
// Images are [item, channel, y, x] with any strides; outputs are allocated by the caller, overwritten, and overlap no input
// unless that is said. Real views of one element type throughout.
import type { View } from './backend.ts'
import type { AlongBoth, WindowSteps } from './window.ts'

/** How a convolution steps over its image. */
export interface ConvolutionOptions extends WindowSteps {
  /** The channels are split into this many groups that do not see each other (default 1). */
  readonly groups?: number
}

/** A convolution whose result gains a constant. */
export interface BiasedConvolutionOptions extends ConvolutionOptions {
  /** View of shape [channels of the result], added to every pixel. */
  readonly bias?: View
}

/** How pooling windows lie. They may overlap, and reach past the image's end as far as the output asks. */
export interface PoolingOptions {
  readonly size: AlongBoth
  /** Default: `size`. */
  readonly stride?: AlongBoth
  /** Pixels by which the first window begins before the image (default 0); less than `size`. */
  readonly padding?: AlongBoth
}

/** What an average divides by. */
export interface AveragePoolingOptions extends PoolingOptions {
  /**
   * Divide by the window's pixels in the image with `padding` on all sides (default, PyTorch's and Caffe's choice), or, if
   * false, by its pixels in the image.
   */
  readonly countPadding?: boolean
}

/** Batch normalisation's constants. */
export interface NormalisationOptions {
  /** View of shape [channels] (default: 1). */
  readonly scale?: View
  /** View of shape [channels] (default: 0). */
  readonly shift?: View
  /** Added to the variance (default 1e-5). */
  readonly epsilon?: number
}

/** Which gradients of batch normalisation are wanted, and of what. */
export interface NormalisationGradients extends Omit<NormalisationOptions, 'shift'> {
  /** Mean and variance are constants (inference, frozen layers), not moments of x (default false). */
  readonly frozen?: boolean
  /** View of x's shape. */
  readonly gradX?: View
  /** View of shape [channels]. */
  readonly gradScale?: View
  /** View of shape [channels]. */
  readonly gradShift?: View
}

/** Local response normalisation across channels. */
export interface ResponseNormOptions {
  /** Channels in a neighbourhood, odd: ⌊size/2⌋ on either side, fewer at the ends. */
  readonly size: number
  readonly alpha: number
  readonly beta: number
  /** Default 2 (`paper`) or 1 (`caffe`). */
  readonly k?: number
  /** `paper` (default) multiplies the neighbourhood's sum of squares by α, `caffe` by α / size. */
  readonly convention?: 'paper' | 'caffe'
}

/** One step of stochastic gradient descent. */
export interface SgdOptions {
  /** ε */
  readonly rate: number
  /** μ (default 0) */
  readonly momentum?: number
  /** Weight decay (default 0). */
  readonly decay?: number
  /** Step from where the momentum leads (default false). */
  readonly nesterov?: boolean
}

/** One step of Adam. */
export interface AdamOptions {
  readonly rate: number
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** Weight decay (default 0). */
  readonly decay?: number
  /** Decay the weights themselves (AdamW) instead of adding to the gradient (default false). */
  readonly decoupled?: boolean
  /** Which step this is, from 1: the running means are divided by 1 − βᵗ. */
  readonly step: number
}

/**
 * Throws `ShapeError` where shapes do not fit each other and `ValueError` for an option out of its range, both before
 * anything is written.
 */
export interface NetworkOperations {
  /**
   * out[n, o, y, x] ← bias[o] + Σ weights[o, c, i, j] · x[n, c', y·s − p + i·d, x·s − p + j·d], pixels outside the image
   * being 0; c' is channel c of o's group. weights [outChannels, inChannels / groups, h, w]. The number of windows is out's:
   * they may reach past the image's end.
   */
  conv2d(x: View, weights: View, out: View, options?: BiasedConvolutionOptions): void
  /** gradX ← the adjoint of `conv2d` in x, applied to gradOut (+ bias): a transposed convolution. */
  conv2dInputGradient(gradOut: View, weights: View, gradX: View, options?: BiasedConvolutionOptions): void
  /** gradWeights ← the adjoint of `conv2d` in the weights, applied to gradOut. */
  conv2dWeightsGradient(x: View, gradOut: View, gradWeights: View, options?: ConvolutionOptions): void

  /** out ← the largest pixel of each window. Every window holds a pixel of the image. */
  maxPool(x: View, out: View, options: PoolingOptions): void
  /** gradX ← Σ gradOut over the windows whose largest pixel it is; of equals, the first in reading order. */
  maxPoolGradient(x: View, out: View, gradOut: View, gradX: View, options: PoolingOptions): void
  /** out ← the mean of each window; see `countPadding`. Every window holds a pixel of the image. */
  averagePool(x: View, out: View, options: AveragePoolingOptions): void
  /** gradX ← the adjoint of `averagePool`. */
  averagePoolGradient(gradOut: View, gradX: View, options: AveragePoolingOptions): void

  /** out ← x where x > 0, else slope·x (default 0). The output may be x. */
  relu(x: View, out: View, slope?: number): void
  /** gradX ← gradOut where x > 0, else slope·gradOut. For slope ≥ 0 relu's output serves as x. gradX may be gradOut. */
  reluGradient(x: View, gradOut: View, gradX: View, slope?: number): void

  /** mean[c], variance[c] ← moments of x[·, c, …] over all other axes; the variance divides by their number. */
  channelMoments(x: View, mean: View, variance: View): void
  /** out ← (x − mean) / √(variance + ε) · scale + shift, per channel (axis 1). The output may be x. */
  normalise(x: View, mean: View, variance: View, out: View, options?: NormalisationOptions): void
  /** The gradients of `normalise` with `channelMoments` before it; with `frozen`, of `normalise` alone. gradX may be gradOut. */
  normaliseGradient(x: View, mean: View, variance: View, gradOut: View, options: NormalisationGradients): void
  /** out[n, c, …] ← x · (k + α Σ_{c'} x[n, c', …]²)^−β over the neighbouring channels c' of c (axis 1). */
  responseNorm(x: View, out: View, options: ResponseNormOptions): void
  /** gradX ← the adjoint of `responseNorm`'s derivative at x. */
  responseNormGradient(x: View, gradOut: View, gradX: View, options: ResponseNormOptions): void

  /**
   * losses[n] ← −log softmax(logits[n, ·])[labels[n]]; gradLogits[n, c] ← softmax(logits[n, ·])[c] − [c = labels[n]], the
   * gradient of Σ losses. logits [n, classes]. A label that is no class throws `ValueError`.
   */
  softmaxCrossEntropy(logits: View, labels: Int32Array, losses: View, gradLogits?: View): void

  /**
   * v ← μ·v − decay·ε·w − ε·g, then w ← w + v; Nesterov: w ← w + μ·v − decay·ε·w − ε·g with the new v.
   * Krizhevsky, Sutskever & Hinton (2012), section 5; Sutskever et al. (2013).
   */
  sgdUpdate(w: View, velocity: View, gradient: View, options: SgdOptions): void
  /**
   * m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← w − ε·m̂ / (√ŝ + 1e-8) with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ).
   * Weight decay adds decay·w to g, or, decoupled, scales w by 1 − ε·decay first. Kingma & Ba (2015); Loshchilov & Hutter (2019).
   */
  adamUpdate(w: View, mean: View, square: View, gradient: View, options: AdamOptions): void
}
