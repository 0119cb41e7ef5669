import type { ChangeEntry } from './change.js';

/** The newest changes, read once per process and shared by all subscribers; their positions are contiguous. */
export class RecentChanges {
  private entries: ChangeEntry[] = [];
  private isClosed = false;
  private readonly followers = new Set<() => void>();

  constructor(
    /** At least so many are kept, at most twice as many. */
    private readonly capacity: number,
    private end: number,
  ) {}

  /** Position of the newest one, whether or not it is kept. */
  get last(): number {
    return this.end;
  }

  /** True when no more will come. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** The change after `position`; `evicted` when it is no longer kept, undefined when it has not come yet. */
  after(position: number): ChangeEntry | 'evicted' | undefined {
    const first = this.end - this.entries.length + 1;
    return position + 1 < first ? 'evicted' : this.entries[position + 1 - first];
  }

  /** Adds what follows the newest one, and lets every follower look. */
  append(page: readonly ChangeEntry[]): void {
    for (const entry of page) {
      if (entry.position !== this.end + 1) throw new Error(`The feed goes from ${this.end} to ${entry.position}`);
      this.entries.push(entry);
      this.end = entry.position;
    }
    this.tell();
    if (this.entries.length > 2 * this.capacity) this.entries = this.entries.slice(-this.capacity);
  }

  /** Forgets everything and goes on from a position: for a reader that fell behind what is kept in the database. */
  restart(position: number): void {
    this.entries = [];
    this.end = position;
    this.tell();
  }

  close(): void {
    this.isClosed = true;
    this.tell();
  }

  /** `look` is called after each page; answers how to stop. */
  follow(look: () => void): () => void {
    this.followers.add(look);
    return () => void this.followers.delete(look);
  }

  private tell(): void {
    for (const look of this.followers) look();
  }
}
