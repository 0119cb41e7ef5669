import { playDay } from './day.js';
import { openSystems } from './journey/open-systems.js';
import { playJourney, readMessages } from './journey/play-journey.js';
import { openProgress, type Progress } from './progress.js';
import { printJourney, printMessages, printReport } from './report.js';
import { openStage } from './stage.js';

/** Ends what is open now, so that who interrupts the demo is left with no process and no folder of it. */
let close: () => Promise<void> = async () => {};
let isInterrupted = false;

async function interrupt(): Promise<void> {
  isInterrupted = true;
  await close().catch(() => {});
  process.exit(130);
}

/** `npm run demo`: one order through every system, then a scripted day at one of them with everything that goes wrong. */
async function play(): Promise<boolean> {
  await showJourney();
  return showDay();
}

async function showJourney(): Promise<void> {
  process.stdout.write('Starting a hub, a PostgreSQL and a simulator of every system …\n');
  const systems = await openSystems();
  const progress = openProgress(process.stdout);
  close = closing(progress, systems);
  try {
    const seen = await playJourney(systems, (title, done, total) => progress.show(title, done, total, '', 'journey'));
    progress.stop();
    printJourney(seen);
    printMessages(await readMessages(systems));
  } finally {
    await close();
  }
}

/** Answers whether nothing was lost, done twice, left out or repeated. */
async function showDay(): Promise<boolean> {
  process.stdout.write('\nStarting a portal, a hub and a PostgreSQL …\n');
  const stage = await openStage({ seed: 7, ratePerSecond: 200 });
  process.stdout.write(`The hub is at ${stage.url}. The day begins.\n\n`);
  const progress = openProgress(process.stdout);
  close = closing(progress, stage);
  try {
    const figures = await playDay(stage, progress.show);
    progress.stop();
    printReport(figures);
    return figures.lost + figures.duplicates + figures.gaps + figures.repeats === 0;
  } finally {
    await close();
  }
}

/** Once, whoever asks first: the end of the play or an interruption of it. */
function closing(progress: Progress, opened: { close(): Promise<void> }): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => {
    progress.stop();
    closed ??= opened.close();
    return closed;
  };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
try {
  process.exitCode = (await play()) ? 0 : 1;
} catch (error) {
  // What is being closed answers no more.
  if (!isInterrupted) throw error;
}
