// What `fit` takes, tells and gives.
import type { Averaging, Optimizer, Schedule } from '@scatterlab/optim'
import type { Backend, Named, Random, RealDType } from '@scatterlab/tensor'
import type { Batches } from './batch.ts'
import type { Weights } from '../network.ts'
import type { ObjectiveOptions } from './objective.ts'
import type { TrainingStepOptions } from './training-step.ts'
import type { CheckpointFile, EpochRecord } from '../checkpoints/training-checkpoint.ts'

/** For which pass batches are asked. */
export interface Pass {
  /** From 0. */
  readonly epoch: number
  /** The stream of this epoch: draw order and augmentation from it, and the run can go on after an interruption. */
  readonly random: Random
  /** That of the run, if it has one. */
  readonly signal?: AbortSignal
}

/** Where checkpoints go. */
export interface CheckpointOptions {
  /** After each epoch (default), or after so many steps; and at the end of the run, and when it is aborted. */
  readonly every?: 'epoch' | number
  /** Stores the file: the one before it may be replaced. */
  save(bytes: Uint8Array<ArrayBuffer>, info: CheckpointInfo): void | Promise<void>
}

/** Where the run stood. */
export interface CheckpointInfo {
  /** Steps taken. */
  readonly step: number
  /** Epochs completed. */
  readonly epoch: number
  /** The best epoch so far. */
  readonly best: {
    /** From 0. */
    readonly epoch: number
    /** The smallest so far; see `FitOptions.metric`. */
    readonly metric: number
  } | null
}

/** How a network is trained. */
export interface FitOptions<T = ArrayLike<number>>
  extends ObjectiveOptions<T>, Pick<TrainingStepOptions<T>, 'smoothing' | 'atOnce'> {
  /** Trained in place (default: the network's first numbers, from the seed). */
  readonly weights?: Weights
  /** Who computes, where no weights are given (default: the reference). */
  readonly backend?: Backend
  /** Element type, where no weights are given (default float32). */
  readonly dtype?: RealDType
  /** One pass over the training set. With the same random stream it must give the same batches. */
  readonly batches: (pass: Pass) => Batches<T>
  /** How gradients change the weights, such as `sgd({ rate: 0.1 })`. */
  readonly optimizer: Optimizer
  /** Default: the optimizer's rate throughout. */
  readonly schedule?: Schedule
  /** The run ends after so many passes or so many steps, whichever comes first; give one or both. */
  readonly epochs?: number
  /** Steps at most; see `epochs`. */
  readonly steps?: number
  /** One pass over the validation set, taken after each epoch. */
  readonly validation?: () => Batches<T>
  /**
   * What schedule and patience look at, less being better. Default: the validation's error rate, or its loss where errors are not
   * counted; the training loss without a validation set.
   */
  readonly metric?: (epoch: Omit<EpochRecord, 'metric'>) => number
  /** Ends the run after so many epochs in a row without a smaller metric, and gives the weights of the best epoch. */
  readonly patience?: number
  /**
   * An average of the weights and their running moments, `ema()` or `lookahead()`: validation looks at it, and the run gives it in the
   * place of the last weights.
   */
  readonly averaging?: Averaging
  /** Changes the gradients in place before each update. */
  readonly clip?: (gradients: Named) => unknown
  /** Seed of the first weights, the passes and dropout (default 0). */
  readonly seed?: number | string
  /** Ends the run before its next step, the last checkpoint saved: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after each step, validation batch, epoch and checkpoint. */
  readonly onProgress?: (event: FitEvent) => void
  /** Where checkpoints go; by default none is made. */
  readonly checkpoint?: CheckpointOptions
  /** A file that `checkpoint.save` was given, with a name for errors if you like: the run goes on from there as if it had never ended. */
  readonly resume?: Uint8Array | CheckpointFile
  /** Lets a resumed run go on with another rate, momentum, batch size and so on than its checkpoint (default false: an error). */
  readonly acceptChanges?: boolean
}

/** A step was taken. */
export interface StepEvent {
  /** Tells it from the other events. */
  readonly kind: 'step'
  /** Steps taken, this one included. */
  readonly step: number
  /** The epoch under way, from 0. */
  readonly epoch: number
  /** Batches of this epoch taken, this one included. */
  readonly batch: number
  /** Of this batch. */
  readonly loss: number
  /** Learning rate of this step. */
  readonly rate: number
  /** Images of this epoch so far. */
  readonly images: number
  /** Images of this batch. */
  readonly items: number
  /** Time of this step, the making of its batch included. */
  readonly seconds: number
  /** The mean over the last 50 steps; the run's first one, which warms up, counts only while it is alone. */
  readonly imagesPerSecond: number
  /** Steps of the whole run; null while the length of a pass is not known. */
  readonly totalSteps: number | null
  /** Time until the last step at the pace of the last 50, validation not counted; null while it is not known. */
  readonly secondsLeft: number | null
}

/** An epoch ended. */
export interface EpochEvent extends EpochRecord {
  /** Tells it from the other events. */
  readonly kind: 'epoch'
  /** Whether its metric is the smallest so far. */
  readonly best: boolean
}

/** Some batches of a validation were evaluated. */
export interface ValidationEvent {
  /** Tells it from the other events. */
  readonly kind: 'validation'
  /** The epoch that is being validated, from 0. */
  readonly epoch: number
  /** Items so far. */
  readonly items: number
}

/** A checkpoint was saved. */
export interface CheckpointEvent extends CheckpointInfo {
  /** Tells it from the other events. */
  readonly kind: 'checkpoint'
  /** Length of the file. */
  readonly bytes: number
}

/** What a run tells as it goes. */
export type FitEvent = StepEvent | EpochEvent | ValidationEvent | CheckpointEvent

/** What a run gives. */
export interface FitResult {
  /**
   * After the last step, or their average by then; with `patience` those of the best epoch. The same arrays as `FitOptions.weights`.
   */
  readonly weights: Weights
  /** Steps taken. */
  readonly step: number
  /** Epochs completed. */
  readonly epoch: number
  /** Every epoch, those before an interruption included. */
  readonly history: readonly EpochRecord[]
  /** The epoch of the smallest metric; null where no epoch ended. */
  readonly best: {
    /** From 0. */
    readonly epoch: number
    /** See `FitOptions.metric`. */
    readonly metric: number
  } | null
  /** Why it ended. */
  readonly stopped: 'epochs' | 'steps' | 'patience'
}
