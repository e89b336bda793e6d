import { train } from "tapegrad";

/** A bar for a whole training, which fills with its epochs. */
export class EpochBar implements train.Callback {
  readonly #bar: train.Progress<undefined>;
  readonly #epochs: Iterator<undefined>;

  constructor(label: string, epochs: number, stream: train.TextStream) {
    const options = { description: label, unit: "epoch", stream };
    this.#bar = train.progress(new Array<undefined>(epochs).fill(undefined), options);
    this.#epochs = this.#bar[Symbol.iterator]();
  }

  onTrainBegin(): void {
    this.#epochs.next();
  }

  onEpochEnd(_epoch: number, { loss = Number.NaN, valAccuracy = Number.NaN }: train.Logs): void {
    this.#bar.set({ loss, "test accuracy": valAccuracy });
    this.#epochs.next();
  }

  onTrainEnd(): void {
    this.#epochs.return?.();
  }
}
