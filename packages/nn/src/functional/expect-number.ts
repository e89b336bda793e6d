import { ValueError } from "@tapegrad/tensor";

/**
 * Throws unless the option is a finite number that satisfies the condition.
 *
 * @param condition the range in words, such as "> 0"
 * @throws {ValueError} `huberLoss: expected delta > 0, got 0.`
 */
export function expectNumber(
  fn: string,
  name: string,
  value: unknown,
  condition = "to be a finite number",
  holds: (value: number) => boolean = () => true,
): void {
  if (typeof value !== "number" || !Number.isFinite(value) || !holds(value)) {
    throw new ValueError(`${fn}: expected ${name} ${condition}, got ${String(value)}.`);
  }
}
