import { expect, it } from "vitest";
import type { Value } from "./graph.ts";
import { ValueMap } from "./value-map.ts";

const value = (id: number): Value => ({
  id,
  shape: [],
  dtype: "float32",
  from: { kind: "argument", index: 0 },
  index: 0,
});

it("keeps what is known of values whose numbers lie far apart", () => {
  const map = new ValueMap<number>();
  const ids = [100_000, 0, 511, 512, 513, 1023, 1024];
  for (const id of ids) map.set(value(id), id);
  map.set(value(512), -512);
  expect(ids.map((id) => map.get(value(id)))).toEqual([100_000, 0, 511, -512, 513, 1023, 1024]);
  for (const id of [1, 510, 514, 2048, 99_999, 100_001, 1_000_000]) expect(map.get(value(id))).toBeUndefined();
});
