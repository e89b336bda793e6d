import { tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { defineFunction, toDot, toSvg } from "./index.ts";

const expression = (): readonly [Tensor, Tensor] => {
  const [a, b] = [tensor(2, { requiresGrad: true }), tensor(-3, { requiresGrad: true })];
  return [a.mul(b).add(10).tanh(), a];
};

describe("toDot", () => {
  it("draws operations, leaves and constants with their data", () => {
    expect(toDot(expression()[0]).split("\n")).toEqual([
      "digraph tape {",
      "  rankdir=LR;",
      '  n0 [shape=record, label="{leaf | data [] float32 2}"];',
      '  n1 [shape=record, label="{leaf | data [] float32 -3}"];',
      '  n2 [shape=oval, label="mul\\n[] float32 -6"];',
      "  n0 -> n2;",
      "  n1 -> n2;",
      '  n3 [shape=record, color=gray, label="{constant | data [] float32 10}"];',
      '  n4 [shape=oval, label="add\\n[] float32 4"];',
      "  n2 -> n4;",
      "  n3 -> n4;",
      '  n5 [shape=oval, label="tanh\\n[] float32 0.9993"];',
      "  n4 -> n5;",
      "}",
    ]);
  });

  it("shows gradients after backward, and quotes names", () => {
    const [y, a] = expression();
    y.backward(undefined, { retainGraph: true });
    expect(toDot(y)).toContain(`grad ${Number(a.grad!.item().toPrecision(4))}`);
    const odd = defineFunction({
      name: 'say "hi" <b>',
      forward: (_, x: Tensor) => x.neg(),
      backward: (_, ct) => ct.neg(),
    });
    expect(toDot(odd(a))).toContain('label="say \\"hi\\" <b>\\n');
    expect(toSvg(odd(a))).toContain("say &quot;hi&quot; &lt;b&gt;");
  });
});

describe("toSvg", () => {
  it("is an accessible drawing with one box per vertex and one line per edge", () => {
    const svg = toSvg(expression()[0]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img" aria-labelledby="title"/);
    expect(svg).toContain('<title id="title">Recorded graph of 6 vertices, ending in tanh</title>');
    expect(svg.match(/<rect /g)).toHaveLength(6);
    expect(svg.match(/<path /g)).toHaveLength(5);
  });

  it("lays no two boxes over each other", () => {
    let y = tensor([1, 2], { requiresGrad: true });
    for (let i = 0; i < 4; i++) y = y.mul(y).add(y.exp());
    const boxes = [...toSvg(y).matchAll(/<rect x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, at]) => `${x} ${at}`);
    expect(new Set(boxes).size).toBe(boxes.length);
  });
});

describe("drawings", () => {
  it.each([
    ["toDot", toDot],
    ["toSvg", toSvg],
  ] as const)("%s refuses tensors without a graph", (name, draw) => {
    expect(() => draw(tensor(1))).toThrow(
      `${name}: expected the result of a recorded operation, got a tensor without a graph.`,
    );
    const [y] = expression();
    y.backward();
    expect(() => draw(y)).toThrow(`${name}: expected a recorded graph, got one freed by backward.`);
  });
});
