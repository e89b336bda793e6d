import type { ByteOrder, Elements } from "../elements/elements.ts";
import { damaged, type Region } from "./region.ts";

/** What elements are: numbers, texts of a length, or texts that lie in a heap; undefined for others. */
export type Datatype =
  | { readonly kind: "numbers"; readonly size: number; readonly elements: Elements; readonly byteOrder: ByteOrder }
  | { readonly kind: "texts" | "heapTexts" | "others"; readonly size: number };

/** Classes of types. */
const classes = { whole: 0, float: 1, text: 3, variable: 9 };

/** Floats by their bits: in all, of the exponent, of the fraction. */
const floats: { readonly [bits: string]: Elements | undefined } = {
  "16 5 10": "float16",
  "16 8 7": "bfloat16",
  "32 8 23": "float32",
  "64 11 52": "float64",
};

const wholes: { readonly [bytes: number]: readonly [unsigned: Elements, signed: Elements] | undefined } = {
  1: ["uint8", "int8"],
  2: ["uint16", "int16"],
  4: ["uint32", "int32"],
  8: ["uint64", "int64"],
};

/** Reads what elements are. */
export function datatypeIn(message: Region): Datatype {
  const [kind, flags, size] = [message.byte() & 15, message.whole(3), message.whole(4)];
  if (size === 0) throw damaged(message.file, "elements of some bytes");
  if (kind === classes.text) return { kind: "texts", size };
  if (kind === classes.variable && (flags & 15) === 1) return { kind: "heapTexts", size };
  const byteOrder = (flags & 1) === 0 ? "little" : "big";
  const elements =
    kind === classes.float ? floatIn(message) : kind === classes.whole ? wholes[size]?.[(flags >> 3) & 1] : undefined;
  return elements === undefined ? { kind: "others", size } : { kind: "numbers", size, elements, byteOrder };
}

function floatIn(message: Region): Elements | undefined {
  message.skip(2);
  const bits = message.whole(2);
  message.skip(1);
  const exponent = message.byte();
  message.skip(1);
  return floats[`${bits} ${exponent} ${message.byte()}`];
}

/** Reads extents: none for a single element, undefined for what has no elements at all. */
export function extentsIn(message: Region): readonly number[] | undefined {
  const [version, rank] = [message.byte(), message.byte()];
  if (version !== 1 && version !== 2) throw damaged(message.file, "extents of a version that is known");
  message.skip(1);
  const isNull = version === 2 && message.byte() === 2;
  if (version === 1) message.skip(5);
  const extents = Array.from({ length: rank }, () => message.length());
  return isNull ? undefined : extents;
}
