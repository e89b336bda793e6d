export { type Browser, chromium, firefox, isLeftOut } from "./browsers.ts";
export { runInBrowser, type Site } from "./run-in-browser.ts";
