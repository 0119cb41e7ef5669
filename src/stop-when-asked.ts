/** The output is lost with the terminal, or with the program that it was piped to. */
const NOBODY_READS = new Set(['EPIPE', 'EIO']);

/**
 * Calls `stop` with the reason whenever somebody wants this process to end: by a signal, by closing the terminal, or by
 * ending what reads its output. An end without it would leave the embedded PostgreSQL running.
 */
export function stopWhenAsked(stop: (reason: string) => unknown): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  // Anything else, as a full disk below a file of logs, costs lines and not the hub.
  for (const output of [process.stdout, process.stderr])
    output.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (NOBODY_READS.has(code ?? '')) stop('output closed');
    });
}
