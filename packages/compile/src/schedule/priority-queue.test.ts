import { expect, it } from "vitest";
import { PriorityQueue } from "./priority-queue.ts";

it("gives entries by priority while others are added", () => {
  const queue = new PriorityQueue<string>();
  expect(queue.take()).toBeUndefined();
  const numbers = Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
  for (const n of numbers.slice(0, 60)) queue.add(`${n}`, n);
  const first = Array.from({ length: 30 }, () => Number(queue.take()));
  expect(first).toEqual(
    numbers
      .slice(0, 60)
      .sort((a, b) => a - b)
      .slice(0, 30),
  );
  for (const n of numbers.slice(60)) queue.add(`${n}`, n);
  const rest = numbers.filter((n) => !first.includes(n)).sort((a, b) => a - b);
  expect(queue.first).toBe(`${rest[0]}`);
  expect(Array.from({ length: 70 }, () => Number(queue.take()))).toEqual(rest);
  expect(queue.first).toBeUndefined();
});
