import { expectNothing } from "@tapegrad/tensor/internal";

/** What a training gave, epoch by epoch. */
export class History {
  static readonly name: string = "History";
  /** The epochs, counted from 0. */
  readonly epoch: number[] = [];
  /** Figures of each epoch by name: `history.loss`, `history.valLoss`, `history.accuracy`. */
  readonly history: { [name: string]: number[] } = {};

  constructor(...none: []) {
    expectNothing("History", none);
  }

  /** The loss of each epoch: `history.loss` for short. */
  get loss(): readonly number[] {
    return this.history["loss"] ?? [];
  }
}
