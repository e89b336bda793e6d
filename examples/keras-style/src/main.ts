import { realData } from "./load-data.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(process.argv.slice(2), realData, (text) => console.log(text));
