import { Dense } from "@tapegrad/nn";
import { tensor, zeros } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { decodeSafetensors } from "./decode.ts";
import { encodeSafetensors } from "./encode.ts";

it("reads what it has written, and writes that again", () => {
  const given = {
    b: tensor([1, 2]),
    a: tensor([[3.5]], { dtype: "float64" }),
    10: tensor([true]),
    i: tensor([1, -7], { dtype: "int32" }),
    ["__proto__"]: zeros([0, 3]),
  };
  const bytes = encodeSafetensors(given, { metadata: { x: 'é\u0001"', ["__proto__"]: "7" } });
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(Object.keys(tensors)).toEqual(["10", "a", "__proto__", "b", "i"]);
  for (const [name, each] of Object.entries(given)) {
    expect(tensors[name]!.dtype).toBe(each.dtype);
    expect(tensors[name]!.shape).toEqual(each.shape);
    expect(tensors[name]!.toArray()).toEqual(each.toArray());
  }
  expect(Object.entries(metadata)).toEqual([
    ["__proto__", "7"],
    ["x", 'é\u0001"'],
  ]);
  expect(encodeSafetensors(tensors, { metadata })).toEqual(bytes);
});

it("gives what loadStateDict takes", () => {
  const [a, b] = [new Dense(2, 3), new Dense(2, 3)];
  b.loadStateDict(decodeSafetensors(encodeSafetensors(a.stateDict())).tensors);
  expect(b.weight.toArray()).toEqual(a.weight.toArray());
});
