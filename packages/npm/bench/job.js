// One job in a process of its own: prints the processor time until the first rendition, that of a later one, and the
// memory above what the process had before.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [program, path, width, format] = process.argv.slice(2);
const source = readFileSync(path);

const programs = {
  async tintype() {
    const { resize } = await import('tintype');
    return () => resize(source, { width: Number(width), format, quality: format === 'png' ? undefined : 80 });
  },
  async sharp() {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(1);
    sharp.cache(false);
    // A quality makes sharp reduce a PNG to a palette.
    return () =>
      sharp(source)
        .rotate()
        .resize(Number(width))
        .toFormat(format, format === 'png' ? {} : { quality: 80 })
        .toBuffer();
  },
};

const status = (field) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
/** Milliseconds of processor time, all threads together: other work on the machine disturbs that least. */
const busy = async (run) => {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

const before = status('VmRSS');
let run;
const first = await busy(async () => {
  run = await programs[program]();
  await run();
});
const memory = status('VmHWM') - before;
// Until the just-in-time compiler is done with it.
for (let count = 0; count < 5; count += 1) await run();
let best = Infinity;
for (let count = 0; count < 10; count += 1) best = Math.min(best, await busy(run));
console.log(JSON.stringify({ first, best, memory }));
