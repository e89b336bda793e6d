import { Tensor } from "@tapegrad/tensor";

/** Whether two results of a reader are the same to the last bit: tensors, texts, numbers, and lists, maps and records of them. */
export function same(a: unknown, b: unknown): boolean {
  if (a instanceof Tensor && b instanceof Tensor)
    return a.dtype === b.dtype && same(a.shape, b.shape) && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
  if (a instanceof Map && b instanceof Map) return same([...a], [...b]);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return (
    names.length === others.length &&
    names.every((name) => Object.hasOwn(b, name) && same((a as Named)[name], (b as Named)[name]))
  );
}

type Named = Readonly<Record<string, unknown>>;

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
