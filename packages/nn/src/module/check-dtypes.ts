import { DTypeError, type Tensor } from "@tapegrad/tensor";

/**
 * Throws unless all tensors that are given have one dtype, and it is one of numbers.
 *
 * @param tensors by the names that messages use; the second is a weight, whose dtype the others are to have
 */
export function checkDTypes(fn: string, tensors: { readonly [name: string]: Tensor | undefined }): void {
  const names = Object.keys(tensors).filter((name) => tensors[name] !== undefined);
  const dtypes = names.map((name) => tensors[name]!.dtype);
  const [first, wanted] = dtypes;
  if (first !== "bool" && dtypes.every((dtype) => dtype === first)) return;
  const hint = wanted === undefined || wanted === "bool" ? "" : ` Convert with to("${wanted}").`;
  throw new DTypeError(`${fn}: expected ${listed(names)} of one numeric dtype, got ${listed(dtypes)}.${hint}`);
}

/** `a, b and c` */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}
