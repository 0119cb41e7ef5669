import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Shows how far things are; `stop` may be called again. */
export interface Progress {
  /** Another title under the same `key` takes the place of the one before it. */
  show(title: string, done: number, total: number, note?: string, key?: string): void;
  stop(): void;
}

/** Bars that move at a terminal; anywhere else lines, which a file or a log can hold. */
export function openProgress(out: Output): Progress {
  return out.isTTY && process.env['TERM'] !== 'dumb' ? openBars(out) : openLines(out);
}

type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const TITLE_WIDTH = 48;
const BAR_WIDTHS = { least: 8, most: 40 };
/** What stands beside title and bar: brackets, `60/60` and the longest note. */
const REST_WIDTH = 34;

function openBars(stream: Output): Progress {
  const { columns = 120 } = stream;
  const room = columns - REST_WIDTH - TITLE_WIDTH;
  const barsize = Math.min(Math.max(room, BAR_WIDTHS.least), BAR_WIDTHS.most);
  // Where a terminal is narrow, the figures are told and the title is cut.
  const width = Math.max(0, Math.min(TITLE_WIDTH, columns - REST_WIDTH - barsize));
  const bars = new MultiBar(
    { format: '{title} [{bar}] {value}/{total} {note}', hideCursor: true, stream, barsize },
    Presets.shades_classic,
  );
  const open = new Map<string, SingleBar>();
  return {
    show: (title, done, total, note = '', key = title) => {
      const shown = { title: title.padEnd(width).slice(0, width), note };
      const bar = open.get(key) ?? bars.create(total, 0, shown);
      open.set(key, bar);
      bar.setTotal(total);
      bar.update(done, shown);
    },
    stop: () => bars.stop(),
  };
}

/** A line when something begins, and one of what it came to. */
function openLines(out: NodeJS.WritableStream): Progress {
  let current: { title: string; end: string } | null = null;
  const stop = () => {
    if (current?.end) out.write(current.end);
    current = null;
  };
  return {
    show: (title, done, total, note = '') => {
      if (current?.title !== title) {
        stop();
        out.write(`${title} …\n`);
      }
      current = { title, end: note && `${title}: ${done} of ${total} ${note.trimEnd()}\n` };
    },
    stop,
  };
}
