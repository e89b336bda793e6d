import { readFileSync } from "node:fs";
import { tensor, type DType, type Tensor } from "@tapegrad/tensor";

/** A tensor as the fixtures have it. */
export interface Plain {
  readonly shape: number[];
  readonly dtype: DType;
  readonly data: number[];
}

/** What PyTorch makes of a model. */
export interface Expected {
  readonly cases: readonly { readonly inputs: readonly Plain[]; readonly outputs: readonly Plain[] }[];
  /** What four steps of SGD make of it. */
  readonly training?: {
    readonly x: Plain;
    readonly target: Plain;
    readonly losses: readonly number[];
    readonly state: Readonly<Record<string, Plain>>;
  };
}

const folder = new URL("fixtures/", import.meta.url);

/** What PyTorch makes of the models in the folder, by name. */
export const expected: ReadonlyMap<string, Expected> = new Map(
  Object.entries(JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Record<string, Expected>),
);

/** The bytes of a model in the folder. */
export function modelFile(name: string): Uint8Array {
  return readFileSync(new URL(`${name}.onnx`, folder));
}

/** The tensor that is written there. */
export function toTensor({ data, shape, dtype }: Plain): Tensor {
  return tensor(data, { shape, dtype });
}
