import { assign, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { apply, type AttrsOf, type Primitive, type PrimitiveName, primitives } from "@tapegrad/tensor/internal";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { operations } from "../src/operations/operations.ts";
import { moderate } from "../src/operations/rows.ts";

/** √x of numbers from 0 on; throws for others. */
const checkedRoot: Primitive<AttrsOf<"sqrt">> = {
  infer: (inputs) => inputs,
  evaluate: ([x]) => {
    const wrong = x!.data.find((value) => value < 0);
    if (wrong !== undefined) throw new ValueError(`checkedRoot: expected numbers from 0 on, got ${wrong}.`);
    return [x!.data.map(Math.sqrt)];
  },
};
const name = "checkedRoot" as PrimitiveName;

beforeEach(() => void Object.assign(primitives, { checkedRoot }));
afterEach(() => {
  for (const table of [primitives, operations]) delete (table as { checkedRoot?: unknown }).checkedRoot;
});

/** What a captured tensor holds after a compiled call that assigns to it and then fails; 2 before. */
function afterFailure(): number {
  const state = tensor(1);
  const step = compile((x: Tensor, y: Tensor) => {
    const next = state.add(x);
    assign(state, next);
    return apply(name, [next.sub(y)], {})[0] as Tensor;
  });
  expect(step(tensor(1), tensor(-7)).item()).toBe(3);
  expect(() => step(tensor(10), tensor(13))).toThrow("checkedRoot: expected numbers from 0 on, got -1.");
  expect(state.storage.version).toBe(1);
  return state.item();
}

describe("a primitive that throws by value", () => {
  it("leaves captured tensors as they were, since its row says that it can fail", () => {
    Object.assign(operations, { checkedRoot: { ...moderate, canFail: true } });
    expect(afterFailure()).toBe(2);
  });

  it("would change them with a row that says otherwise", () => {
    Object.assign(operations, { checkedRoot: { ...moderate, canFail: false } });
    expect(afterFailure()).toBe(12);
  });
});
