import { copyFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, findBinaries } from './embedded/binaries.js';
import { type Cluster, prepareCluster } from './embedded/cluster.js';
import { enter, type Occupancy } from './embedded/occupancy.js';
import { ensureServer, isServerOf, type Server } from './embedded/server.js';

/** A PostgreSQL server of the hub's own, its files below the data folder. */
export interface EmbeddedPostgres {
  /** Stays the same while the hub runs, also when the server had to be started again. */
  url: string;
  /** Process id of the server. */
  readonly pid: number;
  /** False: a server left by a killed hub, or used by another hub, was found running. */
  started: boolean;
  /** Stops the server unless another hub on the same data folder still uses it. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** Further `-c` settings; tests turn `fsync` off here. */
  settings?: Record<string, string>;
  /** Told when the server was lost and when it is back; the hub's pools connect again by themselves. */
  onEvent?: (message: string, error?: unknown) => void;
}

const RETRY_MS = 500;
const LOG_CHECK_MS = 60_000;
const LOG_BYTES = 10 * 1024 * 1024;

/**
 * Finds the running server of this data folder or starts one; initialises the folder first if it is new. Watches over
 * it from then on: a server that was killed is started again on the same port.
 * @throws Error that says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const cluster = prepareCluster(options.dataDir, binaries);
  const watch = new Watch(cluster, binaries, options);
  const server = await watch.start();
  return {
    url: server.url,
    started: server.started,
    get pid() {
      return watch.server.pid;
    },
    stop: () => watch.stop(),
  };
}

/** Holds this hub's place at the server, and brings the server back when it goes away. */
class Watch {
  server!: Server;
  private occupancy!: Occupancy;
  private stopping = false;
  private reconnecting: Promise<void> = Promise.resolve();
  private readonly logTimer: NodeJS.Timeout;

  constructor(
    private readonly cluster: Cluster,
    private readonly binaries: Binaries,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.logTimer = setInterval(() => limitLog(cluster.logFile), LOG_CHECK_MS).unref();
  }

  async start(): Promise<Server> {
    limitLog(this.cluster.logFile);
    const server = await this.connect(null);
    void this.watch();
    return server;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.logTimer);
    await this.reconnecting;
    const last = await this.occupancy.leave().catch(() => true);
    const { pid } = this.server;
    if (!last || !isServerOf(this.cluster, pid)) return;
    // SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written.
    process.kill(pid, 'SIGINT');
    while (isServerOf(this.cluster, pid)) await sleep(20);
  }

  /** Another hub may stop the server between finding it and entering; then there is one to start. */
  private async connect(port: number | null): Promise<Server> {
    for (;;) {
      this.server = await ensureServer(this.cluster, this.binaries, this.options.settings ?? {}, port);
      const occupancy = await enter(this.server.url).catch(() => null);
      if (!occupancy) continue;
      this.occupancy = occupancy;
      return this.server;
    }
  }

  private async watch(): Promise<void> {
    for (;;) {
      await this.occupancy.ended;
      if (this.stopping) return;
      this.options.onEvent?.('The embedded PostgreSQL went away; starting it again');
      this.reconnecting = this.reconnect();
      await this.reconnecting;
    }
  }

  private async reconnect(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.connect(this.server.port);
        this.options.onEvent?.('The embedded PostgreSQL is back');
        return;
      } catch (error) {
        this.options.onEvent?.('The embedded PostgreSQL does not start', error);
        await sleep(RETRY_MS);
      }
    }
  }
}

/** Keeps the log and one former part of it. The server appends, so it goes on at the start of the emptied file. */
function limitLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < LOG_BYTES) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
