export { type Browser, chromium, firefox, isLeftOut, webkit } from "./browsers.ts";
export { runInBrowser, type Site } from "./run-in-browser.ts";
