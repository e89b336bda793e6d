import { Dense, GRU, Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";

/** A GRU over `[time, batch, features]` and a dense layer on its last state. */
export class GRUClassifier extends Module {
  readonly gru: GRU;
  readonly head: Dense;

  constructor(features: number) {
    super();
    this.gru = new GRU(features, features);
    this.head = new Dense(features, 10);
  }

  override forward(x: Tensor): Tensor {
    const [, state] = this.gru.forward(x);
    return this.head.forward(state.at(0));
  }
}
