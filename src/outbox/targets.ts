import type pg from 'pg';
import type { Wanted } from './claim.js';
import type { ClaimedLane, DispatchTarget } from './lane.js';
import type { Standing } from './presence.js';

/** The integrations that may be sent to, and how busy this process is with each. */
export class Targets {
  private known = new Map<string, DispatchTarget>();
  private readonly calling = new Map<string, number>();
  private readonly open = new Map<string, number>();
  /** Failures whose word has not reached the gate yet. */
  private readonly failing = new Map<string, number>();
  private readonly hungry = new Set<string>();

  /** @param standing where this process stands among those that share each integration's calls */
  constructor(private readonly standing: () => Standing) {}

  /** Takes over the present list; an integration that is new gets its gate. */
  async refresh(pool: pg.Pool, targets: readonly DispatchTarget[]): Promise<void> {
    const added = targets.filter(({ integrationId }) => !this.known.has(integrationId));
    if (added.length > 0)
      await pool.query(
        `insert into integration_gates (integration_id)
         select id from integrations where id = any($1) on conflict do nothing`,
        [added.map(({ integrationId }) => integrationId)],
      );
    this.known = new Map(targets.map((target) => [target.integrationId, target]));
  }

  list(): DispatchTarget[] {
    return [...this.known.values()];
  }

  /** Where there is room for more calls. A claim for a sliver of the room costs as much as one for all of it. */
  wanted(): Wanted[] {
    return this.list()
      .map((target) => ({ target, lanes: this.room(target) }))
      .filter(({ target, lanes }) => lanes > 0 && lanes >= this.share(target) >> 3);
  }

  claimed(wanted: readonly Wanted[], claimed: readonly ClaimedLane[]): void {
    const counts = new Map<string, number>();
    for (const lane of claimed) add(counts, lane.target.integrationId, 1);
    for (const { target, lanes } of wanted) {
      const count = counts.get(target.integrationId) ?? 0;
      add(this.calling, target.integrationId, count);
      add(this.open, target.integrationId, count);
      if (count >= Math.min(lanes, MOST_LANES)) this.hungry.add(target.integrationId);
      else this.hungry.delete(target.integrationId);
    }
  }

  /** Its calls are over; answers whether there is more to claim for it now. */
  called({ integrationId }: DispatchTarget, failed: boolean): boolean {
    add(this.calling, integrationId, -1);
    if (failed) add(this.failing, integrationId, 1);
    return this.hungry.has(integrationId);
  }

  settled({ integrationId }: DispatchTarget, failed: boolean): void {
    add(this.open, integrationId, -1);
    if (failed) add(this.failing, integrationId, -1);
  }

  isHungry(): boolean {
    return this.hungry.size > 0;
  }

  /**
   * Calls under way are bounded by this process's share; what waits to be settled is bounded too, so that a slow database stops the
   * claims. After a failure nothing is claimed before the gate knows of it: it may say that all must wait.
   */
  private room(target: DispatchTarget): number {
    const { integrationId } = target;
    if ((this.failing.get(integrationId) ?? 0) > 0) return 0;
    const share = this.share(target);
    const calls = share - (this.calling.get(integrationId) ?? 0);
    const unsettled = 2 * share - (this.open.get(integrationId) ?? 0);
    return Math.min(calls, unsettled, MOST_LANES);
  }

  /** Of the calls at once that the policy allows all processes. At least one: a process that hangs must not hold up the rest. */
  private share({ policy: { concurrency } }: DispatchTarget): number {
    const { living, before } = this.standing();
    return Math.max(1, Math.floor(concurrency / living) + (before < concurrency % living ? 1 : 0));
  }
}

/** Lanes of one integration in one claim. */
const MOST_LANES = 1000;

function add(counts: Map<string, number>, key: string, difference: number): void {
  counts.set(key, (counts.get(key) ?? 0) + difference);
}
