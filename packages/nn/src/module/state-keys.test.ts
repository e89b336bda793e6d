import { expect, it } from "vitest";
import { Dense, Sequential } from "../index.ts";

class Verbatim extends Dense {
  override stateKey(name: string): string {
    return `the ${name}`;
  }
}

it("names members in the state as their module says", () => {
  const net = new Sequential(new Verbatim(1, 1));
  const state = net.stateDict();
  expect(Object.keys(state)).toEqual(["0.the weight", "0.the bias"]);
  expect(net.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
});
