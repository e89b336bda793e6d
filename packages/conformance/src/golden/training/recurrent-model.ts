import { Dense, GRU, LSTM, Module, RNN } from "@tapegrad/nn";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import { number } from "../format.ts";
import type { Config } from "../layers.ts";

/** A recurrent layer from a zero state, and a dense layer on its last output. */
export class RecurrentModel extends Module {
  readonly rnn: LSTM | GRU | RNN;
  readonly head: Dense;

  /** @throws {FormatError} for a recurrent layer without a row */
  constructor(spec: Config) {
    super();
    const options = { batchFirst: true, dtype: "float64" } as const;
    const [inputSize, hiddenSize] = [number(spec["input_size"]), number(spec["hidden_size"])];
    const Layer = { LSTM, GRU, RNN }[String(spec["rnn"])];
    if (Layer === undefined)
      throw new FormatError(`RecurrentModel: expected LSTM, GRU or RNN, got ${String(spec["rnn"])}.`);
    this.rnn = new Layer(inputSize, hiddenSize, options);
    this.head = new Dense(hiddenSize, number(spec["classes"]), { dtype: "float64" });
  }

  /** @param x `[batch, time, in]` */
  override forward(x: Tensor): Tensor {
    const [output] = this.rnn.forward(x);
    return this.head.forward(output.slice([], -1));
  }
}
