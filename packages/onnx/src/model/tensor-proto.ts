import type { Fields } from "@tapegrad/io/internal";

/** A tensor as it stands in a file: its data is in `raw` or in one of the lists. */
export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  floats: number[];
  int32s: number[];
  int64s: number[];
  doubles: number[];
  uint64s: number[];
  raw: Uint8Array | undefined;
  /** Whether the data lies in another file. */
  external: boolean;
  /** Where in which other file: `location`, `offset`, `length`. */
  place: Map<string, string>;
}

/** An empty message. */
export const emptyTensor = (): TensorProto => ({
  name: "",
  dims: [],
  dataType: 0,
  floats: [],
  int32s: [],
  int64s: [],
  doubles: [],
  uint64s: [],
  raw: undefined,
  external: false,
  place: new Map(),
});

interface Entry {
  key: string;
  value: string;
}

const entryFields: Fields<Entry> = {
  1: { name: "key", read: (value, into) => (into.key = value.string()) },
  2: { name: "value", read: (value, into) => (into.value = value.string()) },
};

/** The fields of a `TensorProto`. */
export const tensorFields: Fields<TensorProto> = {
  1: { name: "dims", read: (value, into) => value.ints(into.dims) },
  2: { name: "data_type", read: (value, into) => (into.dataType = value.int()) },
  4: { name: "float_data", read: (value, into) => value.floats(into.floats) },
  5: { name: "int32_data", read: (value, into) => value.ints(into.int32s) },
  7: { name: "int64_data", read: (value, into) => value.ints(into.int64s) },
  8: { name: "name", read: (value, into) => (into.name = value.string()) },
  9: { name: "raw_data", read: (value, into) => (into.raw = value.bytes()) },
  10: { name: "double_data", read: (value, into) => value.doubles(into.doubles) },
  11: { name: "uint64_data", read: (value, into) => value.ints(into.uint64s) },
  13: {
    name: "external_data",
    read: (value, into) => {
      const { key, value: text } = value.message(entryFields, { key: "", value: "" });
      into.place.set(key, text);
    },
  },
  14: { name: "data_location", read: (value, into) => (into.external = value.int() !== 0) },
};
