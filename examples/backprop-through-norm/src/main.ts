import { runProgram } from "./program.ts";

process.exitCode = runProgram(process.argv.slice(2), {
  write: (line) => console.log(line),
  colour: process.stdout.isTTY,
}).exitCode;
