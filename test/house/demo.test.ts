import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from '@jest/globals';
import { openProgress } from '../../demo/progress.js';

const SHOW = `
  import { openProgress } from './dist/demo/progress.js';
  import { printMessages } from './dist/demo/report.js';
  const progress = openProgress(process.stdout);
  progress.show('Placed', 0, 2, '', 'journey');
  progress.show('Paid', 1, 2, '', 'journey');
  for (let done = 1; done <= 60; done++) progress.show('Morning', done, 60, 'acknowledged');
  progress.stop();
  progress.stop();
  printMessages([{ subject: 'Shipped', recipients: [], status: 'KEPT' }]);`;

it('G21 the demo writes plain lines into a pipe: no colour, no moving cursor', () => {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', SHOW], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1' },
  });

  expect(stdout).toMatch(/^Placed …\nPaid …\nMorning …\nMorning: 60 of 60 acknowledged\n/);
  expect(stdout).toContain('Shipped');
  expect(stdout).not.toContain('\u001b');
});

it.each([50, 80, 200])('G21 the demo has bars at a terminal of %i columns, none wider than it', (columns) => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns });

  const progress = openProgress(terminal);
  progress.show('The portal says 503, and the hub tries again', 30, 60, 'acknowledged, 60 open');
  progress.stop();

  const shown = String(terminal.read());
  expect(shown).toContain('\u001b');
  const lines = stripVTControlCharacters(shown).split(/[\r\n]+/);
  expect(lines.filter((line) => line.includes('30/60 acknowledged, 60 open'))).not.toEqual([]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
});
