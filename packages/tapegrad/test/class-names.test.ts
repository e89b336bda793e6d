import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";

/** Every class that a user can import, by its name. */
function classesOf(exports: object): [name: string, type: object][] {
  return Object.entries(exports).flatMap(([name, value]: [string, unknown]): [string, object][] => {
    if (Object.prototype.toString.call(value) === "[object Module]") return classesOf(value as object);
    return typeof value === "function" && String(value).startsWith("class") ? [[name, value]] : [];
  });
}

// What prints and what fails shows the names of classes, and minifiers change those that are not written as a field.
describe("a class says its name itself", () => {
  it.each(classesOf(tapegrad))("%s", (name, type) => {
    expect(Object.getOwnPropertyDescriptor(type, "name")).toMatchObject({ value: name, writable: true });
  });
});
