import type { Tensor } from "@tapegrad/tensor";
import { type GRU, LSTM, type RNN } from "../../src/index.ts";

/** Output, last h and last c of any of the layers. */
export function run(layer: RNN | LSTM | GRU, x: Tensor, h?: Tensor, c?: Tensor): readonly (Tensor | undefined)[] {
  if (!(layer instanceof LSTM)) return layer.forward(x, h);
  const [output, [hidden, memory]] = layer.forward(x, h === undefined || c === undefined ? undefined : [h, c]);
  return [output, hidden, memory];
}
