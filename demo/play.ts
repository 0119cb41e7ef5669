import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { playDay } from './day.js';
import { printReport } from './report.js';
import { openStage } from './stage.js';

/** `npm run demo`: a scripted day at one portal, with everything that goes wrong on such days. */
const bars = new MultiBar(
  { format: '{title} [{bar}] {value}/{total} {note}', hideCursor: true, noTTYOutput: false },
  Presets.shades_classic,
);
const open = new Map<string, SingleBar>();

process.stdout.write('Starting a portal, a hub and a PostgreSQL …\n');
const stage = await openStage({ seed: 7, ratePerSecond: 200 });
process.stdout.write(`The hub is at ${stage.url}. The day begins.\n\n`);
try {
  const figures = await playDay(stage, (title, done, total, note = '') => {
    const shown = { title: title.padEnd(34), note };
    const bar = open.get(title) ?? bars.create(total, 0, shown);
    open.set(title, bar);
    bar.setTotal(total);
    bar.update(done, shown);
  });
  bars.stop();
  printReport(figures);
  process.exitCode = figures.lost + figures.duplicates + figures.gaps + figures.repeats === 0 ? 0 : 1;
} finally {
  bars.stop();
  await stage.close();
}
