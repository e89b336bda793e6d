import process from "node:process";
import { expect, it } from "vitest";
import { rows } from "../rows/rows.ts";
import { Contender } from "./contender.ts";

/** Long enough for a process to start on a busy machine. */
const limit = 600_000;

function script(code: string): Contender {
  return new Contender({ file: process.execPath, args: ["--input-type=module", "-e", code] }, limit);
}

const row = rows[0]!;

const talking = `
import { createInterface } from "node:readline";
const say = (answer) => console.log(JSON.stringify(answer));
say({ about: ["a test"] });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.prepare) say({ first: 1, values: [2] });
  else if (request.time > 9) process.exit(3);
  else say(request.time > 5 ? { error: "too long" } : { milliseconds: request.time });
}`;

it("asks one thing after the other", async () => {
  const contender = script(talking);
  expect(await contender.about).toEqual(["a test"]);
  expect(await contender.prepare(row)).toEqual({ first: 1, values: [2] });
  expect(await contender.time(4)).toBe(4);
  await expect(contender.time(6)).rejects.toThrow("too long");
  await expect(contender.time(10)).rejects.toThrow("ended with code 3");
});

it("tells why a contender ended", async () => {
  const contender = script(`throw new TypeError("no such thing")`);
  await expect(contender.prepare(row)).rejects.toThrow("TypeError: no such thing");
  const missing = new Contender({ file: "./no-such-program", args: [] }, limit);
  await expect(missing.prepare(row)).rejects.toThrow("ENOENT");
});
