import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { playDay } from './day.js';
import { openSystems } from './journey/open-systems.js';
import { playJourney, readMessages } from './journey/play-journey.js';
import { printJourney, printMessages, printReport } from './report.js';
import { openStage } from './stage.js';

/** `npm run demo`: one order through every system, then a scripted day at one of them with everything that goes wrong. */
async function play(): Promise<boolean> {
  await showJourney();
  return showDay();
}

/** Bars by title, made when they are first told of. */
function openBars() {
  const bars = new MultiBar(
    { format: '{title} [{bar}] {value}/{total} {note}', hideCursor: true, noTTYOutput: false },
    Presets.shades_classic,
  );
  const open = new Map<string, SingleBar>();
  const show = (title: string, done: number, total: number, note = '', key = title) => {
    const shown = { title: title.padEnd(48), note };
    const bar = open.get(key) ?? bars.create(total, 0, shown);
    open.set(key, bar);
    bar.setTotal(total);
    bar.update(done, shown);
  };
  return { show, stop: () => bars.stop() };
}

async function showJourney(): Promise<void> {
  process.stdout.write('Starting a hub, a PostgreSQL and a simulator of every system …\n');
  const systems = await openSystems();
  const bars = openBars();
  try {
    const seen = await playJourney(systems, (title, done, total) => bars.show(title, done, total, '', 'journey'));
    bars.stop();
    printJourney(seen);
    printMessages(await readMessages(systems));
  } finally {
    bars.stop();
    await systems.close();
  }
}

/** Answers whether nothing was lost, done twice, left out or repeated. */
async function showDay(): Promise<boolean> {
  process.stdout.write('\nStarting a portal, a hub and a PostgreSQL …\n');
  const stage = await openStage({ seed: 7, ratePerSecond: 200 });
  process.stdout.write(`The hub is at ${stage.url}. The day begins.\n\n`);
  const bars = openBars();
  try {
    const figures = await playDay(stage, bars.show);
    bars.stop();
    printReport(figures);
    return figures.lost + figures.duplicates + figures.gaps + figures.repeats === 0;
  } finally {
    bars.stop();
    await stage.close();
  }
}

process.exitCode = (await play()) ? 0 : 1;
