import type { Tensor } from "@tapegrad/tensor";
import type { Comparison } from "../golden/comparison.ts";
import type { NodeTest } from "./node-test.ts";

type Check = (test: NodeTest, outputs: readonly (Tensor | undefined)[], label: string, check: Comparison) => void;

/** Each element is dropped, or divided by the share that is kept; the mask says which; about as many as told are kept. */
const dropout: Check = ({ inputs }, [y, mask], label, check) => {
  const x = inputs[0]!;
  const kept = 1 - inputs[1]!.data[0]!;
  const values = y?.data ?? [];
  let count = 0;
  values.forEach((value, i) => {
    const scaled = x.data[i]! / kept;
    const isKept = value !== 0;
    if (isKept) count++;
    if (isKept && Math.abs(value - scaled) > 1e-6 * Math.abs(scaled)) {
      check.fail(`${label}[${i}]: expected 0 or ${scaled}, got ${value}`);
    }
    const masked = mask === undefined ? isKept : mask.data[i] === 1;
    if (masked !== isKept) check.fail(`${label} mask[${i}]: expected ${isKept}, got ${masked}`);
  });
  const deviation = Math.sqrt(x.size * kept * (1 - kept));
  if (Math.abs(count - kept * x.size) > 4 * deviation) {
    check.fail(`${label}: expected about ${kept * x.size} of ${x.size} elements to be kept, got ${count}`);
  }
};

/** Each element is 0 or 1. */
const bernoulli: Check = (_, [y], label, check) => {
  y?.data.forEach((value, i) => {
    if (value !== 0 && value !== 1) check.fail(`${label}[${i}]: expected 0 or 1, got ${value}`);
  });
};

/** How to compare what is drawn from different generators: the properties that both sides must have. */
const checks: ReadonlyMap<string, Check> = new Map([
  ["training_dropout", dropout],
  ["training_dropout_default", dropout],
  ["training_dropout_default_mask", dropout],
  ["training_dropout_mask", dropout],
  ["bernoulli", bernoulli],
  ["bernoulli_double", bernoulli],
  ["bernoulli_seed", bernoulli],
  ["bernoulli_expanded", bernoulli],
  ["bernoulli_double_expanded", bernoulli],
  ["bernoulli_seed_expanded", bernoulli],
]);

/** Whether the outputs of a test are drawn at random. */
export function isRandom(name: string): boolean {
  return checks.has(name);
}

/** Checks what was drawn here, and what the file says. */
export function checkRandom(test: NodeTest, outputs: readonly Tensor[], check: Comparison): void {
  checks.get(test.name)?.(test, outputs, "result", check);
  checks.get(test.name)?.(test, test.outputs, "expected", check);
}
