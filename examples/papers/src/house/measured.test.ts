import { expect, it } from "vitest";
import { measured } from "./measured.ts";

const runs = [
  { condition: { norm: "none", batch: 4 }, seed: 0, measures: { error: 3 } },
  { condition: { norm: "none", batch: 32 }, seed: 0, measures: { error: 2 } },
  { condition: { norm: "none", batch: 4 }, seed: 1, measures: { error: 5 } },
  { condition: { norm: "BatchNorm", batch: 4 }, seed: 0, measures: { error: 7 } },
];

it.each([
  [{ norm: "none", batch: 4 }, [3, 5]],
  [{ batch: 4 }, [3, 5, 7]],
  [{}, [3, 2, 5, 7]],
  [{ norm: "LayerNorm" }, []],
])("gives what runs of %j measured", (condition, values) => {
  expect(measured(runs, condition, ({ error }) => error)).toEqual(values);
});
