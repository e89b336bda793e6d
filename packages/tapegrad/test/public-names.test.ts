import { expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";

/** Every runtime name that a user can import, one a line; namespaces with what is in them. */
function namesOf(exports: object, prefix = ""): string[] {
  return Object.entries(exports).flatMap(([name, value]: [string, unknown]) => {
    const isNamespace = Object.prototype.toString.call(value) === "[object Module]";
    return isNamespace ? namesOf(value as object, `${prefix}${name}.`) : [prefix + name];
  });
}

// What is public stays so: whoever adds or removes a name says so here, by `vitest -u`.
it("exports the names that are committed", async () => {
  const names = namesOf(tapegrad).toSorted();
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot("public-names.txt");
});
