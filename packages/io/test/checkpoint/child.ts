import { fileURLToPath } from "node:url";
import { bundle } from "../../../compile/test/bundle.ts";

const source = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/**
 * A program for Node as one file.
 *
 * @param body what it does with `io`, and `full` and `zeros` of tensor
 */
export async function childProgram(body: string): Promise<string> {
  return bundle(`
    import { full, zeros } from "@tapegrad/tensor";
    import * as io from ${JSON.stringify(source)};

    ${body}
  `);
}
