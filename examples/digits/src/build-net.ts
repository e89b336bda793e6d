import { Generator, nn } from "tapegrad";
import { makeNorm, type NormName } from "./norms.ts";

/** Whether a norm stands before its activation, as in the BatchNorm paper, or after it. */
export type Order = "norm-first" | "activation-first";

/** A network and the layers whose outputs are worth watching. */
export interface Net {
  readonly model: nn.Sequential;
  /** Names of the watched layers, in order: what goes into each ReLU, what comes out of it, and the logits. */
  readonly watched: readonly { readonly name: string; readonly layer: nn.Module }[];
}

/** Width of the input, of the two hidden layers, and of the output. */
export const widths = [64, 64, 32, 10] as const;

/**
 * The network 64-64-32-10 with a norm in each hidden layer.
 *
 * Norms draw no random numbers, so the same seed gives the same weights whatever the norm.
 */
export function buildNet(norm: NormName, order: Order, seed: number): Net {
  const generator = new Generator(seed);
  const layers: nn.Module[] = [];
  const watched: { name: string; layer: nn.Module }[] = [];
  const hidden = widths.slice(1, -1);
  let width: number = widths[0];
  hidden.forEach((features, index) => {
    const dense = new nn.Dense(width, features, { generator });
    const relu = new nn.ReLU();
    const normalize = makeNorm(norm, features);
    const before = order === "norm-first" ? normalize : undefined;
    const after = order === "norm-first" ? undefined : normalize;
    const block = [dense, before, relu, after].filter((layer) => layer !== undefined);
    layers.push(...block);
    watched.push({ name: `hidden ${index + 1}, into ReLU`, layer: before ?? dense });
    watched.push({ name: `hidden ${index + 1}, output`, layer: after ?? relu });
    width = features;
  });
  const logits = new nn.Dense(width, widths[3], { generator });
  watched.push({ name: "logits", layer: logits });
  return { model: new nn.Sequential(...layers, logits), watched };
}
