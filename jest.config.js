/** Jest runs what tsc wrote; stack traces map back through the source maps. */
export default {
  rootDir: 'dist',
  testMatch: ['<rootDir>/test/**/*.test.js'],
  transform: {},
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/harness/global-setup.js',
  globalTeardown: '<rootDir>/test/harness/global-teardown.js',
  // A limit for what hangs, not for what is slow.
  testTimeout: 120_000,
  maxWorkers: 2,
};
