// Plays the recordings that are named one by one on standard input by @puppeteer/replay, and prints a line of
// JSON for each: its end state, and why it was not played to its end.
// node reference.mjs PACKAGES CHROMIUM, where PACKAGES is the folder whose node_modules has the runner.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [packages, executablePath] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${packages}/`));
const puppeteer = require("puppeteer");
const { createRunner, parse, PuppeteerRunnerExtension } = require("@puppeteer/replay");
const read = readFileSync(new URL("state.js", import.meta.url), "utf8").replace(/^\/\/.*$/gm, "");
// As Chrome's panel plays at the speed that it calls slow: at full speed, clicks come before a page listens.
const PAUSE_MS = 500, TIMEOUT_MS = 20000, POLL_MS = 500, STILL_POLLS = 2, MAX_POLLS = 16;

class Slow extends PuppeteerRunnerExtension {
  async beforeEachStep() {
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

async function stateOf(page) {
  const frames = [];
  for (const frame of page.frames()) frames.push(await frame.evaluate(`(${read})()`).catch(() => null));
  return frames.filter(Boolean);
}

// The state once it has stayed the same for some polls, and nothing moves.
async function atRest(page) {
  let before = "", still = 0, state = [];
  for (let poll = 0; poll < MAX_POLLS && still < STILL_POLLS; poll++) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    state = await stateOf(page);
    still = JSON.stringify(state) === before && !state.some((frame) => frame.moving) ? still + 1 : 0;
    before = JSON.stringify(state);
  }
  return state;
}

// The page that the last step was made in, if it is still open.
async function lastPage(browser, main, steps) {
  const target = steps.at(-1).target;
  if (!target || target === "main") return main;
  return (await browser.pages()).find((page) => page.url() === target) ?? main;
}

async function play(file) {
  const recording = parse(JSON.parse(readFileSync(file, "utf8")));
  const browser = await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  let error = "";
  try {
    const page = await browser.newPage();
    const runner = await createRunner(recording, new Slow(browser, page, { timeout: TIMEOUT_MS }));
    try {
      await runner.run();
    } catch (failed) {
      error = String(failed.message ?? failed).slice(0, 300);
    }
    return { error, frames: await atRest(await lastPage(browser, page, recording.steps)) };
  } finally {
    await browser.close();
  }
}

for await (const file of createInterface({ input: process.stdin })) {
  const played = await play(file).catch((failed) => ({ error: String(failed), frames: [] }));
  console.log(JSON.stringify(played));
}
