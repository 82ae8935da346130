// A real browser: Debian's chromium, or the one that CHROMIUM names.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is none, if so. */
export const skip = !existsSync(PROGRAM) && `there is no ${PROGRAM}: install chromium, or name one with CHROMIUM`;

const options = { executablePath: PROGRAM, args: ['--no-sandbox'] };

export const launch = () => chromium.launch(options);

/** A browser whose process is known. */
export async function server() {
  const server = await chromium.launchServer(options);
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, pid: server.process().pid, close: () => server.close() };
}

/** The URL of a server, on a port that the system chooses. */
export async function listening(server) {
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${server.address().port}`;
}
