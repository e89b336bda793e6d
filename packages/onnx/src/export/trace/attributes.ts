import type { AttrsOf, PrimitiveName } from "@tapegrad/tensor/internal";
import type { Extent } from "../graph/extent.ts";
import type { AlignedOperation, Alignment } from "./alignment.ts";
import { isEqual } from "./is-equal.ts";
import { followsBatch } from "./refused.ts";

/** Attributes that say extents, which may follow the batch. */
const extentNames = ["shape", "start", "size"] as const;
type ExtentName = (typeof extentNames)[number];

/** Attributes of a primitive, of which those of extents may follow the batch. */
export type AttrsOfAny<P extends PrimitiveName> = {
  readonly [K in keyof AttrsOf<P>]: K extends ExtentName ? readonly Extent[] : AttrsOf<P>[K];
};

/** The attributes of an operation for batches of any size. */
export function attributesOf(
  alignment: Alignment,
  { name, attrs }: AlignedOperation,
): { readonly [name: string]: unknown } {
  const all = attrs as readonly { readonly [name: string]: unknown }[];
  const [first] = all as readonly [{ readonly [name: string]: unknown }];
  return Object.fromEntries(
    Object.entries(first).map(([key, value]) => {
      if ((extentNames as readonly string[]).includes(key)) {
        const lists = all.map((each) => each[key] as readonly number[]);
        return [key, alignment.extents(`${key} of ${name}`, lists)];
      }
      if (!all.every((each) => isEqual(each[key], value))) throw followsBatch(`another ${key} of ${name} for each`);
      return [key, value];
    }),
  );
}
