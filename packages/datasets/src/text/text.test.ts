import { tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { names } from "../names/names.ts";
import { ngrams } from "./ngrams.ts";
import { tokens } from "./tokens.ts";

describe("tokens", () => {
  it("numbers the letters of words behind the boundary", () => {
    const vocabulary = tokens(["bé", "a"]);
    expect(vocabulary.characters).toEqual([".", "a", "b", "é"]);
    expect([vocabulary.size, vocabulary.boundary]).toEqual([4, 0]);
    expect(vocabulary.encode("éa.").toArray()).toEqual([3, 1, 0]);
    expect(vocabulary.encode("éa.").dtype).toBe("int32");
    expect(vocabulary.decode(vocabulary.encode("bé"))).toBe("bé");
    expect(vocabulary.decode(tensor([1, 2], { dtype: "int32" }))).toBe("ab");
    expect(tokens(["a"], { boundary: "|" }).characters).toEqual(["|", "a"]);
  });

  it("numbers the characters of a text, whatever they are", () => {
    const vocabulary = tokens("a.\n💡a");
    expect(vocabulary.characters).toEqual(["\n", ".", "a", "💡"]);
    expect(vocabulary.boundary).toBeUndefined();
    expect(vocabulary.decode(vocabulary.encode("💡."))).toBe("💡.");
  });

  it.each<[() => unknown, string]>([
    [() => tokens(["a.b"]), 'tokens: expected words without their boundary ".", got one with it.'],
    [() => tokens(""), "tokens: expected at least one character, got none."],
    [() => tokens([]), "tokens: expected corpus to be a text or a list of words, got []."],
    [() => tokens(["a"], { boundary: "ab" }), "tokens: expected boundary to be one character, got ab."],
    [() => tokens(["a"]).encode("ab"), 'Tokens.encode: expected characters of the vocabulary, got "b".'],
    [() => tokens(["a"]).encode(["a"] as never), "Tokens.encode: expected text to be a text, got [a]."],
    [() => tokens(["a"]).decode([2]), "Tokens.decode: expected whole numbers below 2, got 2."],
  ])("refuses %s", (run, message) => {
    expect(run).toThrow(new ValueError(message));
  });
});

describe("ngrams", () => {
  it("pads words with boundaries", () => {
    const { x, y, dataset, tokens: vocabulary } = ngrams(["emma"], { context: 3 });
    expect(x.dtype).toBe("int32");
    const lines = [0, 1, 2, 3, 4].map((row) => vocabulary.decode(x.slice(row)));
    expect(lines).toEqual(["...", "..e", ".em", "emm", "mma"]);
    expect(vocabulary.decode(y)).toBe("emma.");
    expect(dataset.length).toBe(5);
  });

  it("slides over a text", () => {
    const { x, y } = ngrams("abab", { context: 2 });
    expect(x.toArray()).toEqual([[0, 1], [1, 0]]); // prettier-ignore
    expect(y.toArray()).toEqual([0, 1]);
  });

  it("shares a vocabulary between parts", () => {
    const vocabulary = tokens(["abc"]);
    expect(ngrams(["c"], { context: 1, tokens: vocabulary }).y.toArray()).toEqual([3, 0]);
  });

  it("has one sample for each letter and end of the names", () => {
    const all = names();
    const letters = all.reduce((sum, name) => sum + name.length + 1, 0);
    expect(ngrams(all).y.shape).toEqual([letters]);
  });

  it.each<[() => unknown, string]>([
    [() => ngrams("ab", { context: 2 }), "ngrams: expected more than 2 characters, got 2."],
    [() => ngrams(["a"], { context: 0 }), "ngrams: expected context to be a whole number ≥ 1, got 0."],
    [
      () => ngrams(["a"], { tokens: tokens("a") }),
      "ngrams: expected the vocabulary of words, got that of a text, which has no boundary.",
    ],
    [() => ngrams(["b"], { tokens: tokens(["a"]) }), 'ngrams: expected characters of the vocabulary, got "b".'],
  ])("refuses %s", (run, message) => {
    expect(run).toThrow(new ValueError(message));
  });
});
