import type { Callback, Logs, Training } from "../training/callback.ts";

/** What callbacks are told about, with the epoch or batch that it is about. */
export interface Notice {
  readonly hook:
    | "onEpochBegin"
    | "onEpochEnd"
    | "onBatchBegin"
    | "onBatchEnd"
    | "onValidationBegin"
    | "onValidationEnd";
  /** The epoch or the batch. */
  readonly index: number;
  /** Figures of a hook that ends something. */
  readonly logs?: Logs;
}

/** A notice that some callbacks have had. */
export interface PendingNotice extends Notice {
  /** The first callback that has not had it. */
  readonly next: number;
}

/**
 * Callbacks in the order of their list, one after the other. `onTrainEnd` reaches all whose `onTrainBegin` is over, in the
 * same order, also when one of them throws.
 */
export class CallbackList {
  static readonly name: string = "CallbackList";
  readonly #callbacks: readonly Callback[];
  #begun = 0;
  #pending: PendingNotice | undefined;

  constructor(callbacks: readonly Callback[]) {
    this.#callbacks = callbacks;
  }

  /** What is being told right now, and who comes next; undefined between notices. */
  get pending(): PendingNotice | undefined {
    return this.#pending;
  }

  async begin(training: Training): Promise<void> {
    for (const callback of this.#callbacks) {
      await callback.onTrainBegin?.(training);
      this.#begun++;
    }
  }

  /** Tells all callbacks, or those from `first` on. Nothing is waited for unless a callback returns a promise. */
  tell(notice: Notice, training: Training, first: number = 0): Promise<void> | undefined {
    for (let i = first; i < this.#callbacks.length; i++) {
      this.#pending = { ...notice, next: i + 1 };
      const later = this.#call(this.#callbacks[i]!, notice, training);
      if (later !== undefined) return later.then(() => this.tell(notice, training, i + 1));
    }
    this.#pending = undefined;
    return undefined;
  }

  #call(callback: Callback, { hook, index, logs = {} }: Notice, training: Training): Promise<void> | undefined {
    const given =
      hook === "onEpochEnd" || hook === "onBatchEnd"
        ? callback[hook]?.(index, logs, training)
        : callback[hook]?.(index, training);
    return given === undefined ? undefined : Promise.resolve(given);
  }

  /** @throws the first error of an `onTrainEnd`, after all have been called */
  async end(training: Training): Promise<void> {
    this.#pending = undefined;
    const errors: unknown[] = [];
    for (const callback of this.#callbacks.slice(0, this.#begun)) {
      try {
        await callback.onTrainEnd?.(training);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
