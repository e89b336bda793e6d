/** A file with this header, as text, bytes or JSON, and so many bytes of data. */
export function fileOf(header: string | Uint8Array | object, data: Uint8Array | number = 0): Uint8Array<ArrayBuffer> {
  const text =
    header instanceof Uint8Array
      ? header
      : new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const body = typeof data === "number" ? Uint8Array.from({ length: data }, (_, i) => i % 2) : data;
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

/** The entry of a tensor. */
export function entry(
  dtype: string,
  shape: readonly unknown[],
  ...offsets: readonly unknown[]
): { readonly dtype: string; readonly shape: readonly unknown[]; readonly data_offsets: readonly unknown[] } {
  return { dtype, shape, data_offsets: offsets };
}
