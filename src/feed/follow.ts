import { HubError } from '../errors.js';
import type { ChangeEntry, FeedSelection } from './change.js';
import { isSelected } from './change.js';
import type { RecentChanges } from './recent-changes.js';

/** What a subscriber reads from: the database for what is past, the shared recent changes for the rest. */
export interface FollowSource {
  recent: RecentChanges;
  /**
   * Sealed changes after a position from the database, oldest first, a page of them, never none.
   * @throws HubError CURSOR_EXPIRED
   */
  readPast(after: number): Promise<ChangeEntry[]>;
}

/** Where a subscriber begins: after a position, the first page of what is past already read where that is needed. */
export interface FollowStart {
  after: number;
  page: ChangeEntry[];
}

/**
 * Selected changes after a position, without gap or repeat, until `signal` aborts. Holds one page at most, whatever the
 * consumer's pace: once it has caught up it is a mere position in the recent changes.
 * @throws HubError CURSOR_EXPIRED, or SLOW_CONSUMER when the consumer has fallen out of the recent changes
 */
export function follow(
  source: FollowSource,
  selection: FeedSelection,
  start: FollowStart,
  signal?: AbortSignal,
): AsyncGenerator<ChangeEntry, void, void> {
  const end = new AbortController();
  const stop = () => end.abort();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const changes = new Follower(source, selection, start, end.signal).changes();
  return endingBy(changes, () => {
    stop();
    signal?.removeEventListener('abort', stop);
  });
}

/** The same values; `ended` is called as soon as the consumer leaves, the generator ends or fails. */
function endingBy<T>(values: AsyncGenerator<T, void, void>, ended: () => void): AsyncGenerator<T, void, void> {
  const settle = async (result: Promise<IteratorResult<T, void>>) => {
    const settled = await result.catch((error: unknown) => {
      ended();
      throw error;
    });
    if (settled.done) ended();
    return settled;
  };
  // A generator's own `return` waits for the pending `next`, which may wait for ever: it is woken first.
  const iterator: AsyncGenerator<T, void, void> = {
    next: () => settle(values.next()),
    return: (value) => {
      ended();
      return values.return(value);
    },
    throw: (error) => {
      ended();
      return values.throw(error);
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => {
      await iterator.return();
    },
  };
  return iterator;
}

class Follower {
  private found: (() => void) | null = null;
  private position: number;

  constructor(
    private readonly source: FollowSource,
    private readonly selection: FeedSelection,
    private readonly start: FollowStart,
    private readonly signal: AbortSignal,
  ) {
    this.position = start.after;
  }

  async *changes(): AsyncGenerator<ChangeEntry, void, void> {
    yield* this.past();
    const unfollow = this.source.recent.follow(() => this.look());
    this.signal.addEventListener('abort', () => this.found?.(), { once: true });
    try {
      while (!this.over()) {
        const change = this.nextRecent();
        if (change === 'evicted') throw tooSlow();
        if (change) yield change;
        else await this.arrival();
      }
    } finally {
      unfollow();
    }
  }

  private async *past(): AsyncGenerator<ChangeEntry, void, void> {
    let page = this.start.page;
    while (!this.over() && this.source.recent.after(this.position) === 'evicted') {
      if (page.length === 0) page = await this.source.readPast(this.position);
      for (const change of page) {
        if (this.over()) return;
        this.position = change.position;
        if (isSelected(this.selection, change)) yield change;
      }
      page = [];
    }
  }

  private over(): boolean {
    return this.signal.aborted || this.source.recent.closed;
  }

  /** Moves on to the next selected change, past those that are not. */
  private nextRecent(): ChangeEntry | 'evicted' | undefined {
    if (!this.hasNext()) return undefined;
    const change = this.source.recent.after(this.position);
    if (change !== 'evicted') this.position += 1;
    return change;
  }

  private arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.found = () => {
        this.found = null;
        resolve();
      };
    });
  }

  /** After each page: who waits passes over what is not selected at once, so that waiting never makes it slow. */
  private look(): void {
    if (this.found && (this.over() || this.hasNext())) this.found();
  }

  private hasNext(): boolean {
    for (;;) {
      const change = this.source.recent.after(this.position);
      if (change === undefined) return false;
      if (change === 'evicted' || isSelected(this.selection, change)) return true;
      this.position = change.position;
    }
  }
}

function tooSlow(): HubError {
  return new HubError(
    'SLOW_CONSUMER',
    'Changes came faster than they were read. Subscribe again with `after` set to the cursor of the last change received.',
  );
}
