import { defineConfig } from 'vite';

/** Pages, served by the hub from `dist/web`: the first page, the outbox, and GraphiQL with everything it needs. */
export default defineConfig({
  root: import.meta.dirname,
  // Third-party modules carry directives that mean nothing in a bundle; each would print a warning.
  logLevel: 'error',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    chunkSizeWarningLimit: 10_000,
    rollupOptions: { input: { index: 'web/index.html', outbox: 'web/outbox.html', graphiql: 'web/graphiql.html' } },
  },
  worker: { format: 'es' },
});
