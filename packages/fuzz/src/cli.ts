import process from "node:process";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { parsers } from "./parsers/parsers.ts";

// pnpm fuzz -- --inputs 10000000 --seed 7 --parser npz
const { values } = parseArgs({
  args: process.argv.slice(2).filter((each) => each !== "--"),
  options: {
    inputs: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    first: { type: "string", default: "0" },
    parser: { type: "string" },
  },
});
const [seed, first, inputs] = [values.seed, values.first, values.inputs].map(Number) as [number, number, number];
const chosen = parsers.filter(({ name }) => values.parser === undefined || name === values.parser);
if (![seed, first, inputs].every(Number.isSafeInteger) || chosen.length === 0) {
  const names = parsers.map(({ name }) => name).join(", ");
  throw new Error(
    `fuzz: expected whole numbers, and as parser one of ${names}, got ${process.argv.slice(2).join(" ")}.`,
  );
}
const before = process.resourceUsage().maxRSS;
for (const parser of chosen) {
  const start = performance.now();
  const { accepted, slowest, largest } = fuzz(parser, { seed, first, inputs });
  console.log(
    `${parser.name}, seed ${seed}: ${inputs} inputs, ${accepted} read, ${inputs - accepted} refused; ` +
      `at most ${slowest[0].toFixed(0)} ms (input ${slowest[1]}) and ${(largest[0] / 2 ** 20).toFixed(1)} MiB ` +
      `(input ${largest[1]}); ${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
}
const { maxRSS } = process.resourceUsage();
console.log(`at most ${((maxRSS - before) / 1024).toFixed(0)} MiB more than at the start`);
