import { describe, expect, it } from "vitest";
import { Draft } from "./draft.ts";

class Plain extends Draft {}

/** Drafts whose dependencies are given by number. */
function drafts(dependencies: readonly (readonly number[])[]): Draft[] {
  const made = dependencies.map((_, id) => new Plain(id));
  dependencies.forEach((list, i) => list.forEach((j) => made[i]!.dependOn(made[j]!)));
  return made;
}

function reached(dependencies: readonly ReadonlySet<number>[], from: number, to: number): boolean {
  return from === to || [...dependencies[from]!].some((next) => reached(dependencies, next, to));
}

describe("Draft", () => {
  it("tells what it needs, however its dependencies came to be", () => {
    let state = 7;
    const random = (below: number): number => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) % below;
    for (let round = 0; round < 40; round++) {
      const edges = Array.from({ length: 9 }, () => new Set<number>());
      const made = drafts(edges.map(() => []));
      for (let k = 0; k < 14; k++) {
        // Also from early to late drafts, as operations join groups that others need already.
        const [from, to] = [random(9), random(9)];
        if (reached(edges, to, from)) continue;
        edges[from]!.add(to);
        made[from]!.dependOn(made[to]!);
      }
      for (let from = 0; from < 9; from++) {
        for (let to = 0; to < 9; to++) expect(Draft.needs([made[from]!], made[to]!)).toBe(reached(edges, from, to));
      }
    }
  });

  it("takes another's place among its dependencies and dependents", () => {
    const [a, b, c, d, e] = drafts([[], [0], [], [1], [2]]) as [Draft, Draft, Draft, Draft, Draft];
    c.absorb(b);
    expect([a, b, c, d, e].map((other) => Draft.needs([d], other))).toEqual([true, false, true, true, false]);
    expect([a, c].map((other) => Draft.needs([e], other))).toEqual([true, true]);
    expect(Draft.needs([c], b)).toBe(false);
  });

  it("tells a way through a third from a direct one", () => {
    const [a, b, c] = drafts([[], [0], [0, 1]]) as [Draft, Draft, Draft];
    expect(b.leadsThroughThirdTo(a)).toBe(false);
    expect(c.leadsThroughThirdTo(a)).toBe(true);
  });

  it("takes a search that is too long for a dependency", () => {
    const chain = drafts(Array.from({ length: 5000 }, (_, i) => (i === 0 ? [] : [i - 1])));
    const [other, user] = drafts([[], [0]]) as [Draft, Draft];
    expect(user.id).toBe(1);
    expect(Draft.needs([chain[100]!], other)).toBe(false);
    expect(Draft.needs([chain.at(-1)!], other)).toBe(true);
  });
});
