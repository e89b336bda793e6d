import { describe, expect, it } from "vitest";
import { assign, tensor, zeros } from "./index.ts";
import { Cell, changeCount, convertStorage, replaceArray } from "./internal.ts";

const cell = new Cell(1);
const w = tensor([1, 2], { requiresGrad: true });

describe("changeCount", () => {
  it.each<[string, () => unknown]>([
    ["another value of a cell", () => cell.set(cell.get() + 1)],
    ["minus zero in a cell", () => [cell.set(0), cell.set(-0)]],
    ["whether gradients flow to a tensor", () => (w.requiresGrad = !w.requiresGrad)],
    ["the same by a method", () => w.requiresGrad_(!w.requiresGrad)],
    ["another dtype", () => convertStorage(w, w.dtype === "float32" ? "float64" : "float32")],
    ["another array", () => replaceArray(w.storage, w.data.slice())],
  ])("goes up with %s", (_, change) => {
    const before = changeCount();
    change();
    expect(changeCount()).toBeGreaterThan(before);
  });

  it.each<[string, () => unknown]>([
    ["the value that a cell holds", () => cell.set(cell.get())],
    ["what is the case already", () => w.requiresGrad_(w.requiresGrad)],
    ["the dtype that is there", () => convertStorage(w, w.dtype)],
    ["elements that are read and assigned", () => (assign(w, zeros([2], { dtype: w.dtype })), w.toArray())],
    ["operations", () => w.detach().mul(2).sum().item()],
  ])("stays with %s", (_, keep) => {
    const before = changeCount();
    keep();
    expect(changeCount()).toBe(before);
  });
});
