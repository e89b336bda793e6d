// Operators between tensors compare or join what tensors print in JavaScript: here they throw, and template strings print.
import { compile, type Tensor, tensor, ValueError } from "tapegrad";

function expectRefusal(name: string, use: () => unknown, hints: readonly string[]): void {
  try {
    use();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const missing = hints.filter((hint) => !error.message.includes(hint));
    if (missing.length > 0) throw new Error(`${name}: expected a message with ${missing.join(", ")}: ${error.message}`);
    return;
  }
  throw new Error(`${name}: expected an error`);
}

const lossA: Tensor = tensor(10);
const lossB: Tensor = tensor(9);
const numeric = ["a.lt(b)", "x.neg()", "x.item()"];
// These compile, since TypeScript compares any two objects of one type, and negates anything.
expectRefusal("a < b", () => lossA < lossB, numeric);
expectRefusal("a >= b", () => lossA >= lossB, numeric);
expectRefusal("-x", () => -lossA, numeric);
expectRefusal("+x", () => +lossA, numeric);
expectRefusal("Number(x)", () => Number(lossA), numeric);
// These do not.
// @ts-expect-error
expectRefusal("a - b", () => lossA - lossB, numeric);
// @ts-expect-error
expectRefusal("a * 2", () => lossA * 2, numeric);
// @ts-expect-error
expectRefusal("a < 1", () => lossA < 1, numeric);
// @ts-expect-error
expectRefusal("Math.max(a, b)", () => Math.max(lossA, lossB), numeric);
// @ts-expect-error
expectRefusal("isNaN(x)", () => isNaN(lossA), numeric);
// @ts-expect-error
expectRefusal("Float32Array.of(x)", () => Float32Array.of(lossA), numeric);

const joined = ["a.add(b)", "a.eq(b)", "x.item()", "`loss ${x}`"];
expectRefusal('"loss " + x', () => "loss " + lossA, joined);
// @ts-expect-error
expectRefusal("a + b", () => lossA + lossB, joined);
// @ts-expect-error
expectRefusal("a + 1", () => lossA + 1, joined);
// @ts-expect-error
expectRefusal("a == 10", () => lossA == 10, joined);

const smaller = compile((a: Tensor, b: Tensor) => (a < b ? a : b));
expectRefusal("a < b, compiled", () => smaller(lossA, lossB), numeric);

const text = "Tensor [] float32 10";
if (`${lossA}` !== text || String(lossA) !== text || [lossA].join() !== text)
  throw new Error("expected a tensor to print");
if (!lossA.gt(lossB).item() || lossA.item() < lossB.item()) throw new Error("expected methods to compare");
