import { readFileSync } from "node:fs";
import type { DType } from "@tapegrad/tensor";

/** What an array of NumPy holds. */
export interface Content {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Encoded {
  readonly name: string;
  readonly base64: string;
}

const stored = JSON.parse(readFileSync(new URL("numpy.json", import.meta.url), "utf8")) as {
  readonly npy: readonly (Encoded & Content)[];
  readonly npz: readonly (Encoded & { readonly content: readonly Content[] })[];
};

function withBytes<C extends Encoded>(golden: C): C & { readonly bytes: Uint8Array } {
  return { ...golden, bytes: new Uint8Array(Buffer.from(golden.base64, "base64")) };
}

/** `.npy` files as NumPy writes them. */
export const goldenNpy: readonly (Content & { readonly bytes: Uint8Array })[] = stored.npy.map(withBytes);

/** `.npz` files as NumPy writes them. */
export const goldenNpz: readonly {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly content: readonly Content[];
}[] = stored.npz.map(withBytes);
