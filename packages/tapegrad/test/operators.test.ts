// Everything here that a linter forbids is what users write all the same.
/* oxlint-disable eqeqeq, typescript/no-explicit-any, typescript/restrict-template-expressions */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { compile, Tensor, tensor, ValueError } from "../src/index.ts";

const a = tensor([1, 2]);
const b = tensor([3, 4]);
const one = tensor(1);
/** As in plain JavaScript: the compiler refuses a part of what follows. */
const [x, y]: any[] = [a, b];

describe("a tensor does not become a number", () => {
  const asNumber =
    /^Tensor: expected a method in place of an operator, got a tensor of shape \[2\] used as a number, as in a < b or -x\. Write a\.lt\(b\), x\.neg\(\), or x\.item\(\)/;
  it.each<[string, () => unknown]>([
    ["a < b", () => x < y],
    ["a <= b", () => x <= y],
    ["a > 1", () => x > 1],
    ["1 >= a", () => 1 >= x],
    ["-a", () => -x],
    ["+a", () => +x],
    ["~a", () => ~x],
    ["a - b", () => x - y],
    ["a * 2", () => x * 2],
    ["a / b", () => x / y],
    ["a % b", () => x % y],
    ["a ** 2", () => x ** 2],
    ["a | 0", () => x | 0],
    ["a++", () => { let z = x; return z++; }], // prettier-ignore
    ["Number(a)", () => Number(x)],
    ["BigInt(a)", () => BigInt(x)],
    ["Math.max(a)", () => Math.max(x)],
    ["Math.sqrt(a)", () => Math.sqrt(x)],
    ["isNaN(a)", () => isNaN(x)],
    ["new Float32Array([a])", () => new Float32Array([x])],
    ["new Array(2).fill(0).slice(a)", () => [1, 2].slice(x)],
  ])("%s", (_, use) => {
    expect(use).toThrow(ValueError);
    expect(use).toThrow(asNumber);
  });

  const asAnything =
    /^Tensor: expected a method in place of an operator, got a tensor of shape \[2\] beside \+ or ==\. Write a\.add\(b\), a\.eq\(b\), x\.item\(\) .*, or print it: `loss \$\{x\}`\.$/;
  it.each<[string, () => unknown]>([
    ["a + b", () => x + y],
    ["a + 1", () => x + 1],
    ['"loss " + a', () => "loss " + x],
    ["a == 1", () => x == 1],
    ['"1" != a', () => "1" != x],
    ["new Date(a)", () => new Date(x)],
  ])("%s", (_, use) => {
    expect(use).toThrow(ValueError);
    expect(use).toThrow(asAnything);
  });

  it("whatever its shape, and while it is compiled", () => {
    expect(() => +(one as unknown as number)).toThrow("of shape [] used as a number");
    const smaller = compile((p: Tensor, q: Tensor) => (p < q ? p : q));
    expect(() => smaller(a, b)).toThrow(asNumber);
    const printed = compile((p: Tensor) => p.mul(`${p}` === "Tensor [2] float32 (being traced)" ? 2 : 1));
    expect(printed(a).toArray()).toEqual([2, 4]);
  });
});

describe("what prints a tensor still does", () => {
  it("strings, lists, keys and consoles", () => {
    const text = "Tensor [] float32 1";
    expect(`loss ${one}`).toBe(`loss ${text}`);
    expect(String(one)).toBe(text);
    expect([one, one].join(", ")).toBe(`${text}, ${text}`);
    expect("loss ".concat(one as unknown as string)).toBe(`loss ${text}`);
    expect(inspect(one)).toBe(text);
    expect(inspect({ loss: one })).toBe(`{ loss: ${text} }`);
  });

  it("comparisons of identity, truth and tests", () => {
    expect(x == y).toBe(false);
    expect(x === a).toBe(true);
    expect(x == null).toBe(false);
    expect(Boolean(x)).toBe(true);
    expect(a).toEqual(tensor([1, 2]));
    expect(a).not.toEqual(b);
    expect(() => expect(a).toEqual(b)).toThrow(/^expected .* to deeply equal/);
    expect(a).toBeInstanceOf(Tensor);
  });
});
